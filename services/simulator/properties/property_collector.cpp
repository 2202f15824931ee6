// SPDX-License-Identifier: Apache-2.0
#include "simulator/properties/property_collector.hpp"

#include "simulator/properties/property_schema.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

std::string change_xml(std::string_view path, std::string const& rendered_value) {
    std::string out = "<changeSet>";
    append_element(out, "name", path);
    return out.append("<op>assign</op>").append(rendered_value).append("</changeSet>");
}

/// Of a property that the object no longer has: unset itself, or gone with what it was in.
std::string removal_xml(
    std::string_view path, ManagedReference const& object, PropertySource const& source) {
    auto const dot = path.rfind('.');
    bool const indirect =
        dot != std::string_view::npos && !source.property(object, path.substr(0, dot)).has_value();
    return "<changeSet>" + element("name", path) +
           element("op", indirect ? "indirectRemove" : "assign") + "</changeSet>";
}

std::string object_update(
    std::string_view kind, ManagedReference const& object, std::string const& changes) {
    return "<objectSet>" + element("kind", kind) + reference_element("obj", object) + changes +
           "</objectSet>";
}

}  // namespace

std::expected<void, SoapFault> PropertyCollector::add_filter(
    std::string id, PropertyFilterSpec spec, PropertySource const& source) {
    if (auto const checked = check_defined(spec); !checked)
        return checked;
    for (auto const& start : spec.objects) {
        if (!source.exists(start.object))
            return std::unexpected(object_not_found(start.object));
    }
    filters_.emplace(std::move(id), Filter{std::move(spec), {}});
    fresh_ = true;
    return {};
}

bool PropertyCollector::remove_filter(std::string_view id) {
    auto const found = filters_.find(id);
    if (found == filters_.end())
        return false;
    filters_.erase(found);
    return true;
}

std::expected<std::optional<std::string>, SoapFault> PropertyCollector::updates_since(
    std::string_view version, PropertySource const& source) {
    if (version.empty() || version == "-") {
        for (auto& [id, filter] : filters_)
            filter.reported.clear();
        fresh_ = true;
    } else if (version != std::to_string(version_)) {
        return std::unexpected(
            SoapFault{"InvalidCollectorVersion", "The collector's version is not valid."});
    }
    if (!fresh_ && source.generation() == seen_generation_)
        return std::nullopt;
    fresh_ = false;
    seen_generation_ = source.generation();
    std::string sets;
    for (auto& [id, filter] : filters_) {
        auto const changes = changes_of(filter, source);
        if (changes.empty())
            continue;
        sets += "<filterSet>" + reference_element("filter", {"PropertyFilter", id}) + changes +
                "</filterSet>";
    }
    if (sets.empty())
        return std::nullopt;
    ++version_;
    return element("version", std::to_string(version_)) + sets + "<truncated>false</truncated>";
}

std::string PropertyCollector::changes_of(Filter& filter, PropertySource const& source) {
    auto spec = filter.spec;
    spec.report_missing = true;  // an object that went away is told by "leave"
    auto const contents = collect_properties(spec, source);
    std::string out;
    std::map<ManagedReference, Reported> now;
    for (auto const& content : *contents) {
        auto& values = now[content.object];
        auto const before = filter.reported.find(content.object);
        bool const is_new = before == filter.reported.end();
        std::string changes;
        for (auto const& [path, value] : content.properties) {
            auto& rendered = values[path];
            append_typed(rendered, "val", value);
            auto const old = is_new ? Reported::const_iterator() : before->second.find(path);
            bool const same = !is_new && old != before->second.end() && old->second == rendered;
            if (!same)
                changes += change_xml(path, rendered);
        }
        for (auto const& [path, old] : is_new ? Reported() : before->second) {
            if (!values.contains(path))
                changes += removal_xml(path, content.object, source);
        }
        if (is_new || !changes.empty()) {
            out += object_update(is_new ? "enter" : "modify", content.object, changes);
        }
    }
    for (auto const& [object, values] : filter.reported) {
        if (!now.contains(object))
            out += object_update("leave", object, {});
    }
    filter.reported = std::move(now);
    return out;
}

}  // namespace millrace::simulator
