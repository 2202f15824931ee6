// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::test {

/// What a form says, by property.
using Form = std::map<std::string, std::string>;

/// As truncate(1) and control groups take them.
struct GuestSize {
    std::string disk = "8G";
    std::string memory{};  ///< empty: all that this machine has
};

/// An appliance of its own, with its disk; `machine` powers it on and off. Its network is
/// 192.168.10.0/24, the other end of the cable 192.168.10.254. Everything of it is gone with this.
class Guest {
public:
    explicit Guest(GuestSize size = {});
    Guest(Guest const&) = delete;
    Guest& operator=(Guest const&) = delete;
    ~Guest();

    /// Puts a CD with the form into its drive, from the next power on.
    void insert(Form const& form);
    /// Files for a new disk, by path.
    void put(std::string const& path, std::string const& content, mode_t mode = 0644);

    /// Puts a copy of the other one's disk in, which is off.
    void copy_disk(Guest const& origin);

    /// The network namespace at the other end of the cable, once it was on.
    std::string lan_name();

    void power_on();
    /// Until systemd has nothing left to start: "running" or "degraded".
    std::string boot();
    void power_cut();
    /// An orderly power off. How long it took.
    nanoseconds power_off();

    /// What a shell command line inside prints; fails the test where it fails.
    std::string run(std::string const& line);
    /// Whether it ends well.
    bool succeeds(std::string const& line);
    /// The same at the other end of the cable.
    bool lan_succeeds(std::string const& line);
    std::string lan_run(std::string const& line);
    /// A file for what runs there, and its path.
    void write_in_lan(std::string const& name, std::string const& content);
    std::string path_in_lan(std::string const& name) const {
        return (folder_.path() / name).string();
    }

    /// What the configurator tells; null where it has told nothing yet.
    Json status();
    /// Waits until that is its state; fails the test after a minute.
    void reach(std::string const& state);
    /// Until its web page answers at the other end of the cable, over the address that any machine
    /// has by itself; that address, as curl takes it. Fails the test after a minute.
    std::string wait_for_page();
    /// What is said of the property, or "".
    std::string fault_of(std::string const& property);

    /// Types a line at its console once `prompt` is on it.
    void type(std::string const& prompt, std::string const& line);
    /// The lines of its first screen as they stand now.
    std::string screen();

    /// Waits until the text is on the console, after what was waited for last.
    void expect(std::string const& text);
    /// The same for its first screen: waits for `prompt`, then presses `keys`.
    void press(std::string const& prompt, std::string const& keys);

private:
    std::string command(std::string const& words) const;
    std::string written_to(std::string const& terminal);
    void expect_on(std::string const& terminal, std::string const& text);
    void send_to(std::string const& terminal, std::string const& keys);
    bool comes_within(nanoseconds limit, std::function<bool()> const& holds);

    TemporaryFolder folder_;
    std::string machine_;
    GuestSize size_;
    std::map<std::string, std::size_t> read_to_;  ///< by terminal
};

}  // namespace millrace::test
