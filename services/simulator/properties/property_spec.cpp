// SPDX-License-Identifier: Apache-2.0
#include "simulator/properties/property_spec.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "simulator/world/inventory.hpp"
#include "simulator/world/soap_codec.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

/// Objects one request may reach; the whole inventory is far below.
constexpr std::size_t objects_max = 100'000;

SelectionSpec parse_selection(pugi::xml_node node) {
    SelectionSpec spec;
    spec.name = child_text(node, "name");
    spec.type = child_text(node, "type");
    spec.path = child_text(node, "path");
    spec.skip = child_bool(node, "skip", false);
    for (auto const inner : children(node, "selectSet")) {
        spec.select.push_back(parse_selection(inner));
    }
    return spec;
}

PropertySpec parse_properties(pugi::xml_node node) {
    PropertySpec spec;
    spec.type = child_text(node, "type");
    spec.all = child_bool(node, "all", false);
    for (auto const path : children(node, "pathSet"))
        spec.paths.emplace_back(path.text().get());
    return spec;
}

void index_names(
    std::vector<SelectionSpec> const& specs, std::map<std::string, SelectionSpec const*>& names) {
    for (auto const& spec : specs) {
        if (!spec.name.empty() && !spec.path.empty())
            names.emplace(spec.name, &spec);
        index_names(spec.select, names);
    }
}

std::vector<ManagedReference> targets_of(Value const& value) {
    std::vector<ManagedReference> found;
    if (value.kind == Value::Kind::reference)
        found.push_back({value.type, value.text});
    for (auto const& item : value.items) {
        if (item.kind == Value::Kind::reference)
            found.push_back({item.type, item.text});
    }
    return found;
}

/// Walks one ObjectSpec; keeps a queue of its own, so that depth costs no stack.
class Walk {
public:
    Walk(PropertySource const& source, std::vector<ManagedReference>& found)
        : source_(source),
          found_(found) {}

    void run(ObjectSpec const& spec) {
        index_names(spec.select, names_);
        if (!spec.skip)
            take(spec.object);
        follow(spec.object, spec.select);
        while (!pending_.empty() && found_.size() < objects_max) {
            auto const [object, select] = std::move(pending_.back());
            pending_.pop_back();
            follow(object, *select);
        }
    }

private:
    void take(ManagedReference const& object) {
        if (taken_.insert(object).second)
            found_.push_back(object);
    }

    void follow(ManagedReference const& object, std::vector<SelectionSpec> const& select) {
        for (auto const& one : select) {
            auto const* spec = &one;
            if (one.path.empty()) {
                auto const named = names_.find(one.name);
                if (named == names_.end())
                    continue;
                spec = named->second;
            }
            if (is_class(object.type, spec->type))
                traverse(object, *spec);
        }
    }

    void traverse(ManagedReference const& object, SelectionSpec const& spec) {
        if (!walked_.insert({object, &spec}).second)
            return;
        auto const value = source_.property(object, spec.path);
        if (!value)
            return;
        for (auto const& target : targets_of(*value)) {
            if (!spec.skip)
                take(target);
            pending_.emplace_back(target, &spec.select);
        }
    }

    PropertySource const& source_;
    std::vector<ManagedReference>& found_;
    std::map<std::string, SelectionSpec const*> names_;
    std::set<ManagedReference> taken_;
    std::set<std::pair<ManagedReference, SelectionSpec const*>> walked_;
    std::vector<std::pair<ManagedReference, std::vector<SelectionSpec> const*>> pending_;
};

/// vSphere takes the spec of the most derived type that fits.
PropertySpec const* spec_for(std::vector<PropertySpec> const& specs, std::string_view type) {
    PropertySpec const* best = nullptr;
    for (auto const& spec : specs) {
        if (is_class(type, spec.type) && (!best || is_class(spec.type, best->type)))
            best = &spec;
    }
    return best;
}

ObjectContent content_of(
    ManagedReference const& object, PropertySpec const& spec, PropertySource const& source) {
    ObjectContent content{object, {}};
    auto const add = [&](std::string_view path) {
        auto value = source.property(object, path);
        if (value)
            content.properties.emplace_back(path, std::move(*value));
    };
    if (spec.all) {
        for (auto const name : source.property_names(object.type))
            add(name);
    } else {
        for (auto const& path : spec.paths)
            add(path);
    }
    return content;
}

}  // namespace

PropertyFilterSpec parse_property_filter(pugi::xml_node node) {
    PropertyFilterSpec spec;
    for (auto const part : children(node, "propSet")) {
        spec.properties.push_back(parse_properties(part));
    }
    for (auto const part : children(node, "objectSet")) {
        ObjectSpec object;
        object.object = reference_of(child(part, "obj"));
        object.skip = child_bool(part, "skip", false);
        for (auto const inner : children(part, "selectSet")) {
            object.select.push_back(parse_selection(inner));
        }
        spec.objects.push_back(std::move(object));
    }
    spec.report_missing = child_bool(node, "reportMissingObjectsInResults", false);
    return spec;
}

std::expected<std::vector<ObjectContent>, SoapFault> collect_properties(
    PropertyFilterSpec const& spec, PropertySource const& source) {
    std::vector<ManagedReference> objects;
    for (auto const& start : spec.objects) {
        if (!source.exists(start.object)) {
            if (spec.report_missing)
                continue;
            return std::unexpected(object_not_found(start.object));
        }
        Walk(source, objects).run(start);
    }
    std::vector<ObjectContent> contents;
    std::set<ManagedReference> seen;
    for (auto const& object : objects) {
        auto const* properties = spec_for(spec.properties, object.type);
        if (!properties || !seen.insert(object).second)
            continue;
        contents.push_back(content_of(object, *properties, source));
    }
    return contents;
}

SoapFault object_not_found(ManagedReference const& object) {
    return {
        "ManagedObjectNotFound",
        "The object 'vim." + object.type + ":" + object.value +
            "' has already been deleted or has not been completely created",
        reference_element("obj", object)};
}

std::string object_content_xml(std::string_view element, ObjectContent const& content) {
    std::string out = "<";
    out.append(element).append(">") += reference_element("obj", content.object);
    for (auto const& [path, value] : content.properties) {
        out += "<propSet>";
        append_element(out, "name", path);
        append_typed(out, "val", value);
        out += "</propSet>";
    }
    return out.append("</").append(element).append(">");
}

}  // namespace millrace::simulator
