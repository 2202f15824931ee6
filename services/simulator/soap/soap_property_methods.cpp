// SPDX-License-Identifier: Apache-2.0
#include "simulator/soap/soap_property_methods.hpp"

#include <algorithm>
#include <array>

#include "simulator/properties/property_schema.hpp"
#include "simulator/soap/session_properties.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

constexpr std::size_t objects_per_reply = 1'000;
constexpr std::size_t filters_max = 1'000;
constexpr std::size_t property_collectors_max = 100;
constexpr std::size_t views_max = 1'000;
constexpr std::size_t rests_max = 16;

std::unexpected<SoapFault> too_many(std::string_view what) {
    return std::unexpected(SoapFault{"InvalidState", "Too many " + std::string(what) + "."});
}

/// Without a session only what a client needs to log in can be read.
bool is_public(PropertyFilterSpec const& spec) {
    for (auto const& one : spec.objects) {
        if (one.object.type != "ServiceInstance" && one.object.type != "SessionManager") {
            return false;
        }
    }
    return true;
}

/// Adds what is not there yet: an object that several filters select is told once.
void blend(std::vector<ObjectContent>& into, std::vector<ObjectContent> more) {
    for (auto& one : more) {
        auto const known = std::ranges::find(into, one.object, &ObjectContent::object);
        if (known == into.end()) {
            into.push_back(std::move(one));
            continue;
        }
        for (auto& [path, value] : one.properties) {
            auto const has_path = [&](auto const& member) { return member.first == path; };
            if (std::ranges::none_of(known->properties, has_path))
                known->properties.emplace_back(path, std::move(value));
        }
    }
}

std::expected<std::deque<std::string>, SoapFault> retrieve(
    SoapCall& call, std::string_view element_name) {
    SessionProperties const source(call.world, call.session);
    std::vector<ObjectContent> contents;
    for (auto const node : children(call.request.call, "specSet")) {
        auto const spec = parse_property_filter(node);
        if (!call.session && !is_public(spec))
            return not_authenticated(call.request.self);
        if (auto const checked = check_defined(spec); !checked)
            return std::unexpected(checked.error());
        auto found = collect_properties(spec, source);
        if (!found)
            return std::unexpected(found.error());
        if (contents.empty())
            contents = std::move(*found);
        else
            blend(contents, std::move(*found));
    }
    std::deque<std::string> objects;
    for (auto const& one : contents)
        objects.push_back(object_content_xml(element_name, one));
    return objects;
}

SoapOutcome retrieve_properties(SoapCall& call) {
    auto const objects = retrieve(call, "returnval");
    if (!objects)
        return std::unexpected(objects.error());
    for (auto const& object : *objects)
        call.out += object;
    return {};
}

/// Writes up to `limit` objects; what is left stays in the session under a token.
void return_part(SoapCall& call, std::deque<std::string> objects, std::size_t limit) {
    std::string part;
    for (std::size_t i = 0; i < limit && !objects.empty(); ++i) {
        part += objects.front();
        objects.pop_front();
    }
    if (part.empty())
        return;
    call.out += "<returnval>";
    if (!objects.empty() && call.session) {
        auto& rests = call.session->rests;
        if (rests.size() >= rests_max)
            rests.erase(rests.begin());
        auto const token = call.session->new_object_id();
        rests.emplace(token, std::move(objects));
        append_element(call.out, "token", token);
    }
    call.out += part + "</returnval>";
}

SoapOutcome retrieve_properties_ex(SoapCall& call) {
    auto objects = retrieve(call, "objects");
    if (!objects)
        return std::unexpected(objects.error());
    auto const asked = child_integer(call.argument("options"), "maxObjects");
    if (asked && *asked < 1)
        return invalid_argument("options.maxObjects");
    auto const limit = std::min<std::size_t>(
        asked ? static_cast<std::size_t>(*asked) : objects_per_reply, objects_per_reply);
    return_part(call, std::move(*objects), limit);
    return {};
}

SoapOutcome continue_retrieve(SoapCall& call) {
    auto const found = call.session->rests.find(child_text(call.request.call, "token"));
    if (found == call.session->rests.end())
        return invalid_argument("token");
    auto objects = std::move(found->second);
    call.session->rests.erase(found);
    return_part(call, std::move(objects), objects_per_reply);
    return {};
}

SoapOutcome cancel_retrieve(SoapCall& call) {
    if (call.session->rests.erase(child_text(call.request.call, "token")) == 0)
        return invalid_argument("token");
    return {};
}

/// pyvmomi reads single properties with it.
SoapOutcome fetch(SoapCall& call) {
    auto const& object = call.request.self;
    PropertyFilterSpec asked;
    asked.objects.push_back({.object = object});
    if (!call.session && !is_public(asked))
        return not_authenticated(object);
    SessionProperties const source(call.world, call.session);
    if (!source.exists(object))
        return std::unexpected(object_not_found(object));
    auto const value = source.property(object, child_text(call.request.call, "prop"));
    if (value)
        append_typed(call.out, "returnval", *value);
    return {};
}

std::expected<PropertyCollector*, SoapFault> own_collector(SoapCall& call) {
    auto const found = call.session->property_collectors.find(call.request.self.value);
    if (found == call.session->property_collectors.end()) {
        return std::unexpected(object_not_found(call.request.self));
    }
    return &found->second;
}

SoapOutcome create_property_collector(SoapCall& call) {
    if (call.session->property_collectors.size() >= property_collectors_max) {
        return too_many("property collectors");
    }
    auto const id = call.session->new_object_id();
    call.session->property_collectors.try_emplace(id);
    call.return_reference({"PropertyCollector", id});
    return {};
}

SoapOutcome destroy_property_collector(SoapCall& call) {
    auto const collector = own_collector(call);
    if (!collector)
        return std::unexpected(collector.error());
    if (call.request.self.value == "propertyCollector")
        return invalid_argument("_this");
    call.session->property_collectors.erase(call.request.self.value);
    return {};
}

SoapOutcome create_filter(SoapCall& call) {
    auto const collector = own_collector(call);
    if (!collector)
        return std::unexpected(collector.error());
    if ((*collector)->filter_count() >= filters_max)
        return too_many("property filters");
    SessionProperties const source(call.world, call.session);
    auto const id = call.session->new_object_id();
    auto const added =
        (*collector)->add_filter(id, parse_property_filter(call.argument("spec")), source);
    if (!added)
        return added;
    call.return_reference({"PropertyFilter", id});
    return {};
}

SoapOutcome destroy_filter(SoapCall& call) {
    for (auto& [id, collector] : call.session->property_collectors) {
        if (collector.remove_filter(call.request.self.value))
            return {};
    }
    return std::unexpected(object_not_found(call.request.self));
}

SoapOutcome check_for_updates(SoapCall& call) {
    auto const collector = own_collector(call);
    if (!collector)
        return std::unexpected(collector.error());
    SessionProperties const source(call.world, call.session);
    auto const updates =
        (*collector)->updates_since(child_text(call.request.call, "version"), source);
    if (!updates)
        return std::unexpected(updates.error());
    if (*updates)
        call.out += "<returnval>" + **updates + "</returnval>";
    return {};
}

SoapOutcome cancel_wait(SoapCall& call) {
    auto const collector = own_collector(call);
    if (!collector)
        return std::unexpected(collector.error());
    (*collector)->cancel_waits();
    return {};
}

SoapOutcome create_container_view(SoapCall& call) {
    if (call.session->views.size() >= views_max)
        return too_many("views");
    ContainerView view;
    view.container = reference_of(call.argument("container"));
    SessionProperties const source(call.world, call.session);
    if (!source.exists(view.container))
        return std::unexpected(object_not_found(view.container));
    for (auto const type : children(call.request.call, "type")) {
        view.types.emplace_back(type.text().get());
    }
    view.recursive = child_bool(call.request.call, "recursive", false);
    auto const id = call.session->new_object_id();
    call.session->views.emplace(id, std::move(view));
    call.return_reference({"ContainerView", id});
    return {};
}

SoapOutcome destroy_view(SoapCall& call) {
    if (call.session->views.erase(call.request.self.value) == 0) {
        return std::unexpected(object_not_found(call.request.self));
    }
    return {};
}

constexpr std::array<SoapMethod, 13> methods = {{
    {"RetrieveProperties", retrieve_properties, false},
    {"RetrievePropertiesEx", retrieve_properties_ex, false},
    {"ContinueRetrievePropertiesEx", continue_retrieve},
    {"CancelRetrievePropertiesEx", cancel_retrieve},
    {"Fetch", fetch, false},
    {"CreatePropertyCollector", create_property_collector},
    {"DestroyPropertyCollector", destroy_property_collector},
    {"CreateFilter", create_filter},
    {"DestroyPropertyFilter", destroy_filter},
    {"CheckForUpdates", check_for_updates},
    {"CancelWaitForUpdates", cancel_wait},
    {"CreateContainerView", create_container_view},
    {"DestroyView", destroy_view},
}};

}  // namespace

std::span<SoapMethod const> property_methods() {
    return methods;
}

}  // namespace millrace::simulator
