// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <optional>
#include <pugixml.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "simulator/properties/property_value.hpp"
#include "simulator/world/managed_reference.hpp"
#include "simulator/world/task_registry.hpp"

namespace millrace::simulator {

/// vSphere's PropertyFilterSpec: which objects, and which of their properties.
struct PropertySpec {
    std::string type;
    bool all = false;
    std::vector<std::string> paths;
};

/// A TraversalSpec, or just the name of one defined elsewhere in the same object spec.
struct SelectionSpec {
    std::string name;
    std::string type;  ///< empty: only a name
    std::string path;
    bool skip = false;
    std::vector<SelectionSpec> select;
};

struct ObjectSpec {
    ManagedReference object;
    bool skip = false;
    std::vector<SelectionSpec> select;
};

struct PropertyFilterSpec {
    std::vector<PropertySpec> properties;
    std::vector<ObjectSpec> objects;
    bool report_missing = false;  ///< reportMissingObjectsInResults
};

/// Reads a `spec` or `specSet` element.
PropertyFilterSpec parse_property_filter(pugi::xml_node node);

/// Where property values come from.
class PropertySource {
public:
    virtual ~PropertySource() = default;
    virtual bool exists(ManagedReference const& object) const = 0;
    /// By path; nothing where the object does not have it.
    virtual std::optional<Value> property(
        ManagedReference const& object, std::string_view path) const = 0;
    virtual std::vector<std::string_view> property_names(std::string_view type) const = 0;
    /// Changes whenever any value may have.
    virtual std::uint64_t generation() const = 0;
};

struct ObjectContent {
    ManagedReference object;
    std::vector<std::pair<std::string, Value>> properties;
};

/// The objects that `spec` selects, each once, with their values. Errors: ManagedObjectNotFound
/// for a start object that does not exist. Pre: check_defined accepts `spec`.
std::expected<std::vector<ObjectContent>, SoapFault> collect_properties(
    PropertyFilterSpec const& spec, PropertySource const& source);

SoapFault object_not_found(ManagedReference const& object);

/// `<element><obj .../><propSet>...</propSet>*</element>`
std::string object_content_xml(std::string_view element, ObjectContent const& content);

}  // namespace millrace::simulator
