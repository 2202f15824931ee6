// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "common/base/json.hpp"
#include "tests/appliance/guest.hpp"

namespace millrace::test {

/// The appliance's web page, asked from the other end of the cable as a browser asks it.
class WebPage {
public:
    explicit WebPage(Guest& guest, std::string address = "192.168.10.20")
        : guest_(guest),
          address_(std::move(address)) {}

    /// What it answers: the status, 0 where nobody does.
    int status_of(std::string const& path);
    /// Whether name and password are right.
    bool sign_in(std::string const& user, std::string const& password);
    /// What GET says; fails the test where it says anything but 200.
    Json get(std::string const& path);
    /// The status of POST, of PUT.
    int post(std::string const& path, Json const& body) { return send("POST", path, body); }
    int put(std::string const& path, Json const& body) { return send("PUT", path, body); }
    /// That of DELETE, and of PUT with the bytes of a file.
    int remove(std::string const& path);
    int put_bytes(std::string const& path, std::filesystem::path const& file);

private:
    int send(std::string const& method, std::string const& path, Json const& body);
    /// `words`: of what is sent.
    int ask(
        std::string const& method, std::string const& path, std::string const& words,
        char const* type);
    /// Body and, on a line of its own, status.
    std::string curl(std::string const& words, char const* type = "application/json");

    Guest& guest_;
    std::string address_;
    TemporaryFolder folder_;
};

}  // namespace millrace::test
