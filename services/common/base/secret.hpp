// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// A password or token. Has no output operator, formatter or JSON form; wiped on destruction.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(Secret const&) = default;
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
    Secret& operator=(Secret const& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret() { wipe(); }

    /// The one way to the text: search for this name to find every use.
    std::string const& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }

    /// Takes the same time for every guess of the same length.
    bool matches(std::string_view guess) const;
    bool operator==(Secret const& other) const { return matches(other.value_); }

private:
    void wipe();
    std::string value_;
};

}  // namespace millrace
