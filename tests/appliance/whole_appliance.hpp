// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "tests/appliance/guest.hpp"
#include "tests/appliance/web_page.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::test {

inline constexpr nanoseconds event_limit = 120s;

// A canary each, of characters that broke readers before (research/veba.md 6.2).
inline std::string const root_password = "R00t -e $(x) `y` \"'\\ &<> %@: ü";
inline std::string const console_password = "C0ns0le !$& \"'\\ <canary>";
inline std::string const vcenter_password = "Vc3nter $%& \"'\\ <canary>";

/// Of an appliance at 192.168.10.20 that reads a Vcenter.
Form whole_form();

/// A simulated vCenter in the appliance's network.
class Vcenter {
public:
    explicit Vcenter(Guest& guest, std::string const& events_per_second = "5");
    void start() { service_.spawn(); }

private:
    ChildLaunch launch(Guest& guest, std::string const& events_per_second) const;

    TemporaryFolder folder_;
    std::filesystem::path password_;
    ChildService service_;
};

double seconds_since(SteadyTime begin);

/// Fails the test where it does not hold in time.
void wait_until(std::string const& what, nanoseconds limit, std::function<bool()> const& holds);

void sign_in(WebPage& page);

/// The function "echo", called by whatever happens.
void make_function(WebPage& page);
/// How many calls it has had; -1 while that cannot be told.
std::int64_t calls_of(WebPage& page);

/// One that has just been configured: it reads a Vcenter and has the function "echo".
struct ConfiguredAppliance {
    /// Powers it on with `form`. `guest` outlives it.
    explicit ConfiguredAppliance(
        Guest& guest, Form const& form = whole_form(), std::string const& events_per_second = "5");

    Vcenter vcenter;
    WebPage page;
};

}  // namespace millrace::test
