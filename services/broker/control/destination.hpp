// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/base/json.hpp"
#include "common/kube/resource.hpp"

namespace millrace::broker {

/// An object that has an address (Knative's duck type Addressable, or a core Service).
struct ObjectReference {
    std::string api_version;
    std::string kind;
    std::string name_space;
    std::string name;

    KindWords words() const { return {api_version, kind}; }
    /// "Service default/echo".
    std::string text() const { return kind + " " + name_space + "/" + name; }
    auto operator<=>(ObjectReference const&) const = default;
};

/// Knative's Destination: `ref`, `uri`, or a `uri` relative to `ref`.
struct Destination {
    std::optional<ObjectReference> ref;
    std::string uri;
    std::string authorities_pem;  ///< CACerts: trusted there beside the system's; empty: none

    bool operator==(Destination const&) const = default;
};

/// Where events are sent to.
struct Address {
    std::string url;
    std::string authorities_pem;  ///< trusted there beside the system's; empty: none

    bool operator==(Address const&) const = default;
};

/// Finds the address of an object. Errors: `not_found` (no such object), `unavailable` (it has no
/// address yet), `unsupported` (the store does not serve its kind), `forbidden` (we may not look at
/// its kind), `timed_out` (nothing is known of its kind yet), `invalid` (a kind without addresses).
using AddressLookup = std::function<Result<Address>(ObjectReference const&)>;

/// Reads a reference; absent parts are apiVersion v1 and `name_space`. Faults: no kind or name.
Checked<ObjectReference> parse_reference(
    Json const& value, std::string const& place, std::string const& name_space);

/// Reads a Destination; `name_space` is that of the object it stands in. Faults: neither ref nor
/// uri, a ref without kind or name, a uri that is no absolute URL where there is no ref. Knative
/// takes a URL of any scheme; with one that is not http(s), each delivery fails and says why.
Checked<Destination> parse_destination(
    Json const& value, std::string const& place, std::string const& name_space);

/// The URL events are sent to. The destination's own authorities come before those that the object
/// shows, as Knative has it. Errors: those of `lookup`; `invalid` for authorities that are no PEM.
Result<Address> resolve(Destination const& destination, AddressLookup const& lookup);

/// Of an address that was found its URL alone.
Result<std::string> url_of(Result<Address> const& address);

/// RFC 3986 section 5.2 for a base with an authority and a reference without one.
std::string join_url(std::string const& base, std::string const& reference);

}  // namespace millrace::broker
