// SPDX-License-Identifier: Apache-2.0
#include "broker/control/destination.hpp"

#include <vector>

#include "common/base/http_message.hpp"
#include "common/net/certificate.hpp"
#include "common/net/http_client.hpp"

namespace millrace::broker {
namespace {

bool has_scheme(std::string_view uri) {
    return uri.find("://") != std::string_view::npos;
}

/// What begins like a URL, yet not like one of HTTP.
bool has_foreign_scheme(std::string_view uri) {
    std::string_view const scheme = uri.substr(0, uri.find("://"));
    return has_scheme(uri) && !scheme.empty() && !equals_ignoring_case(scheme, "http") &&
           !equals_ignoring_case(scheme, "https");
}

/// RFC 3986 section 5.2.4, for a path that begins with '/'.
std::string without_dot_segments(std::string_view path) {
    std::vector<std::string_view> kept;
    std::string_view last;
    while (!path.empty()) {
        path.remove_prefix(1);
        last = path.substr(0, path.find('/'));
        path.remove_prefix(last.size());
        if (last == ".." && !kept.empty())
            kept.pop_back();
        if (last != "." && last != "..")
            kept.push_back(last);
    }
    std::string result;
    for (std::string_view const segment : kept)
        result.append("/").append(segment);
    if (last == "." || last == ".." || result.empty())
        result += '/';
    return result;
}

/// `prefix` is "ref/" or nothing.
ObjectReference read_reference(
    JsonReader& reader, std::string const& prefix, std::string const& name_space) {
    ObjectReference ref;
    ref.kind = reader.required_string(prefix + "kind");
    ref.name = reader.required_string(prefix + "name");
    ref.api_version = reader.optional_string(prefix + "apiVersion", "v1");
    ref.name_space = reader.optional_string(prefix + "namespace", name_space);
    return ref;
}

}  // namespace

Checked<ObjectReference> parse_reference(
    Json const& value, std::string const& place, std::string const& name_space) {
    JsonReader reader(value, place);
    if (!value.is_object())
        reader.fault("", "must be a mapping with kind and name.");
    ObjectReference reference = read_reference(reader, "", name_space);
    if (!reader.faults().empty())
        return std::unexpected(reader.take_faults());
    return reference;
}

Checked<Destination> parse_destination(
    Json const& value, std::string const& place, std::string const& name_space) {
    JsonReader reader(value, place);
    if (!value.is_object()) {
        reader.fault("", "must be a mapping with ref or uri.");
        return std::unexpected(reader.take_faults());
    }
    Destination destination;
    if (reader.optional_object("ref") != nullptr)
        destination.ref = read_reference(reader, "ref/", name_space);
    destination.uri = reader.optional_string("uri");
    destination.authorities_pem = reader.optional_string("CACerts");
    if (reader.faults().empty() && !destination.ref && destination.uri.empty())
        reader.fault("", "needs ref (apiVersion, kind, name) or uri.");
    if (!destination.ref && !destination.uri.empty() && !has_foreign_scheme(destination.uri))
        if (auto const url = parse_url(destination.uri); !url)
            reader.fault("uri", url.error().detail);
    if (destination.ref && has_scheme(destination.uri))
        reader.fault("uri", "must be relative (a path) where there is a ref.");
    if (!reader.faults().empty())
        return std::unexpected(reader.take_faults());
    return destination;
}

Result<Address> resolve(Destination const& destination, AddressLookup const& lookup) {
    auto address = destination.ref ? lookup(*destination.ref)
                                   : Address{.url = destination.uri, .authorities_pem = {}};
    if (!address)
        return address;
    if (destination.ref && !destination.uri.empty())
        address->url = join_url(address->url, destination.uri);
    if (!destination.authorities_pem.empty())
        address->authorities_pem = destination.authorities_pem;
    if (address->authorities_pem.empty())
        return address;
    if (auto const described = describe_certificates(address->authorities_pem); !described)
        return failure(
            ErrorCode::invalid,
            (destination.authorities_pem.empty()
                 ? "The CACerts that " + destination.ref->text() + " shows"
                 : std::string("CACerts")) +
                " cannot be used; they must be certificates in PEM: " + described.error().detail);
    return address;
}

Result<std::string> url_of(Result<Address> const& address) {
    if (!address)
        return std::unexpected(address.error());
    return address->url;
}

std::string join_url(std::string const& base, std::string const& reference) {
    std::size_t const scheme = base.find("://");
    std::size_t const authority = scheme == std::string::npos ? 0 : scheme + 3;
    std::size_t const path_begin = std::min(base.find('/', authority), base.size());
    std::string const origin = base.substr(0, path_begin);
    std::string_view path = std::string_view(base).substr(path_begin);
    path = path.substr(0, path.find('?'));
    std::size_t const query = reference.find('?');
    std::string const wanted = reference.substr(0, query);
    std::string const tail = query == std::string::npos ? "" : reference.substr(query);
    if (wanted.empty())
        return origin + std::string(path.empty() ? "/" : path) + tail;
    if (wanted.front() == '/')
        return origin + without_dot_segments(wanted) + tail;
    std::string const folder(path.substr(0, path.rfind('/') + 1));
    return origin + without_dot_segments((folder.empty() ? "/" : folder) + wanted) + tail;
}

}  // namespace millrace::broker
