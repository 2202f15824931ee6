// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/world/managed_reference.hpp"

namespace millrace::simulator {

struct Member;

/// The value of a managed object's property: what stands in <val xsi:type="...">.
struct Value {
    enum class Kind { text, reference, object, array, raw_object, raw_array };

    Kind kind = Kind::text;
    /// text: its xsi:type ("xsd:string", "VirtualMachinePowerState"); reference: the class referred
    /// to; object: its class; array: the class of the items ("ManagedObjectReference", "string").
    std::string type;
    std::string text;  ///< text, reference: its value; raw kinds: the XML within
    std::vector<Member> members;
    std::vector<Value> items;
};

/// A field of an object.
struct Member {
    std::string name;
    Value value;
};

Value text_value(std::string_view text);
Value enum_value(std::string_view type, std::string_view word);
Value bool_value(bool truth);
Value int_value(std::int64_t number);
Value long_value(std::int64_t number);
Value time_value(std::string_view text);
Value reference_value(ManagedReference const& reference);
Value references_value(std::vector<ManagedReference> const& references);
Value object_value(std::string_view type, std::vector<Member> members);
Value array_value(std::string_view item_type, std::vector<Value> items);
/// An object whose inner XML is made already.
Value raw_object(std::string_view type, std::string inner_xml);
/// An array whose item elements are made already.
Value raw_array(std::string_view item_type, std::string items_xml);

/// The member reached by a path of names, "powerState" or "hardware.memoryMB"; `value` itself for
/// an empty path, nullptr where there is none. Raw values have no members.
Value const* value_at(Value const& value, std::string_view path);

/// Appends the element with its xsi:type, as property values and Fetch results need it.
void append_typed(std::string& out, std::string_view element, Value const& value);

}  // namespace millrace::simulator
