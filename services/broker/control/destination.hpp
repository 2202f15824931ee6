// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/base/json.hpp"

namespace millrace::broker {

/// An object that has an address (Knative's duck type Addressable, or a core Service).
struct ObjectReference {
    std::string api_version;
    std::string kind;
    std::string name_space;
    std::string name;

    bool operator==(ObjectReference const&) const = default;
};

/// Knative's Destination: `ref`, `uri`, or a `uri` relative to `ref`.
struct Destination {
    std::optional<ObjectReference> ref;
    std::string uri;

    bool operator==(Destination const&) const = default;
};

/// Finds the address of an object. Errors: `not_found` (no such object), `unavailable` (it has no
/// address yet), `invalid` (a kind we cannot look at).
using AddressLookup = std::function<Result<std::string>(ObjectReference const&)>;

/// Reads a Destination; `name_space` is that of the object it stands in. Faults: neither ref nor
/// uri, a ref without kind or name, a uri that is no absolute http(s) URL where there is no ref.
Checked<Destination> parse_destination(
    Json const& value, std::string const& place, std::string const& name_space);

/// The URL events are sent to. Errors: those of `lookup`.
Result<std::string> resolve(Destination const& destination, AddressLookup const& lookup);

/// RFC 3986 section 5.2 for a base with an authority and a reference without one.
std::string join_url(std::string const& base, std::string const& reference);

}  // namespace millrace::broker
