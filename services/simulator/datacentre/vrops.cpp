// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/vrops.hpp"

#include <algorithm>
#include <regex>

#include "common/base/encoding.hpp"

namespace millrace::simulator {
namespace {

constexpr std::size_t tokens_max = 10'000;
constexpr std::size_t pattern_bytes_max = 256;

/// The vendor's `regex` is searched for, not matched whole.
Result<std::vector<std::regex>> compile(std::vector<std::string> const& patterns) {
    std::vector<std::regex> compiled;
    for (auto const& pattern : patterns) {
        if (pattern.size() > pattern_bytes_max) {
            return failure(ErrorCode::invalid, "A regular expression is too long.");
        }
        try {
            compiled.emplace_back(pattern, std::regex::ECMAScript | std::regex::optimize);
        } catch (std::regex_error const& error) {
            return failure(ErrorCode::invalid, "regex: " + std::string(error.what()));
        }
    }
    return compiled;
}

bool is_any_of(std::vector<std::string> const& wanted, std::string_view value) {
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

/// The vendor's `name` finds what begins with it, too: "esx-1" also gives esx-10, and without an
/// esx-1 it gives esx-10 alone (vmware-archive/vrops-export issue 15).
bool begins_as_any_of(std::vector<std::string> const& wanted, std::string_view name) {
    return wanted.empty() || std::ranges::any_of(wanted, [name](std::string const& begin) {
               return name.starts_with(begin);
           });
}

}  // namespace

Vrops::Vrops(Inventory const& inventory, SystemTime now) : inventory_(inventory) {
    for (auto const& [id, host] : inventory.hosts) {
        VropsResource resource;
        resource.id = host.uuid;
        resource.entity = id;
        resource.since = now;
        resources_.push_back(std::move(resource));
    }
}

Result<std::vector<VropsResource const*>> Vrops::find(Query const& query) const {
    std::vector<VropsResource const*> found;
    auto const patterns = compile(query.regexes);
    if (!patterns)
        return std::unexpected(patterns.error());
    if (!query.adapter_kind.empty() && query.adapter_kind != "VMWARE")
        return found;
    if (!query.resource_kind.empty() && query.resource_kind != "HostSystem")
        return found;
    for (auto const& resource : resources_) {
        auto const& name = inventory_.name_of(resource.entity);
        auto const fits = [&](std::regex const& one) { return std::regex_search(name, one); };
        bool const by_pattern = patterns->empty() || std::ranges::any_of(*patterns, fits);
        if (begins_as_any_of(query.names, name) && is_any_of(query.ids, resource.id) &&
            by_pattern) {
            found.push_back(&resource);
        }
    }
    std::ranges::sort(
        found, {}, [&](VropsResource const* one) { return inventory_.name_of(one->entity); });
    return found;
}

VropsResource const* Vrops::find_id(std::string_view id) const {
    auto const found = std::ranges::find(resources_, id, &VropsResource::id);
    return found == resources_.end() ? nullptr : &*found;
}

VropsResource const* Vrops::find_entity(std::string_view moref) const {
    auto const found = std::ranges::find(resources_, moref, &VropsResource::entity);
    return found == resources_.end() ? nullptr : &*found;
}

VropsResource* Vrops::find_mutable(std::string_view id) {
    auto const found = std::ranges::find(resources_, id, &VropsResource::id);
    return found == resources_.end() ? nullptr : &*found;
}

Result<void> Vrops::all_exist(std::vector<std::string> const& ids) const {
    for (auto const& id : ids) {
        if (!find_id(id)) {
            return failure(ErrorCode::not_found, "No such Resource - " + id + ".");
        }
    }
    return {};
}

Result<void> Vrops::mark(
    std::vector<std::string> const& ids, std::optional<SystemTime> until, SystemTime now) {
    if (auto const known = all_exist(ids); !known)
        return known;
    for (auto const& id : ids) {
        auto* resource = find_mutable(id);
        resource->maintained = true;
        resource->until = until;
        resource->since = now;
    }
    return {};
}

Result<void> Vrops::unmark(std::vector<std::string> const& ids, SystemTime now) {
    if (auto const known = all_exist(ids); !known)
        return known;
    for (auto const& id : ids) {
        auto* resource = find_mutable(id);
        if (resource->maintained)
            resource->since = now;
        resource->maintained = false;
        resource->until.reset();
    }
    return {};
}

void Vrops::advance(SystemTime now) {
    for (auto& resource : resources_) {
        if (!resource.maintained || !resource.until || *resource.until > now)
            continue;
        resource.maintained = false;
        resource.since = *resource.until;
        resource.until.reset();
    }
}

std::string Vrops::state_of(VropsResource const& resource) const {
    if (!resource.maintained)
        return "STARTED";
    return resource.until ? "MAINTAINED" : "MAINTAINED_MANUAL";
}

Vrops::Token Vrops::acquire_token(SystemTime now, milliseconds validity) {
    std::erase_if(tokens_, [&](auto const& item) { return item.second <= now; });
    if (tokens_.size() >= tokens_max)
        tokens_.erase(tokens_.begin());
    Token token{random_uuid() + "::" + random_uuid(), now + validity};
    tokens_.emplace(token.text, token.expires);
    return token;
}

bool Vrops::is_valid(std::string_view token, SystemTime now) {
    auto const found = tokens_.find(token);
    return found != tokens_.end() && found->second > now;
}

void Vrops::release(std::string_view token) {
    auto const found = tokens_.find(token);
    if (found != tokens_.end())
        tokens_.erase(found);
}

}  // namespace millrace::simulator
