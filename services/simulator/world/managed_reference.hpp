// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <string>

namespace millrace::simulator {

/// A vSphere managed object reference ("moref"): its class and its identifier, e.g.
/// {"VirtualMachine", "vm-57"}.
struct ManagedReference {
    std::string type;
    std::string value;

    bool empty() const { return value.empty(); }
    auto operator<=>(ManagedReference const&) const = default;
};

/// A reference and the name its object had when the event happened.
struct NamedReference {
    ManagedReference reference;
    std::string name;

    bool empty() const { return reference.empty(); }
};

}  // namespace millrace::simulator
