// SPDX-License-Identifier: Apache-2.0
#include "broker/control/address_book.hpp"

namespace millrace::broker {
namespace {

/// nullptr: it has none.
Json const* address_of(Json const& status) {
    Json const* address = find_json(status, "address");
    Json const* more = find_json(status, "addresses");
    bool const has_url = address != nullptr && !string_at(*address, "url").empty();
    if (has_url || more == nullptr || !more->is_array() || more->empty())
        return address;
    return &more->front();
}

}  // namespace

ShownObject ShownObject::of(Resource const& object) {
    Json const& status = object.status();
    Condition ready = condition(status, "Ready");
    ShownObject shown{.address = {}, .authorities_pem = {}, .ready = std::move(ready)};
    if (Json const* address = address_of(status)) {
        shown.address = string_at(*address, "url");
        shown.authorities_pem = string_at(*address, "CACerts");
    }
    shown.is_observed = object.is_observed();
    // Of one that is ready nothing more is told, and much would be kept.
    if (shown.ready.state == "True")
        shown.ready = {.state = "True", .reason = "", .message = ""};
    return shown;
}

bool AddressBook::put(KindWords const& kind, Resource const& object) {
    auto const [found, is_new] = shown_[kind].try_emplace(object.name());
    ShownObject shown = ShownObject::of(object);
    if (!is_new && found->second == shown)
        return false;
    found->second = std::move(shown);
    return true;
}

bool AddressBook::remove(KindWords const& kind, ResourceName const& name) {
    auto const found = shown_.find(kind);
    return found != shown_.end() && found->second.erase(name) > 0;
}

ShownObject const* AddressBook::find(ObjectReference const& reference) const {
    auto const kind = shown_.find(reference.words());
    if (kind == shown_.end())
        return nullptr;
    auto const found = kind->second.find({reference.name_space, reference.name});
    return found == kind->second.end() ? nullptr : &found->second;
}

}  // namespace millrace::broker
