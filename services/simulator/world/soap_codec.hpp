// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "simulator/world/managed_reference.hpp"
#include "simulator/world/task_registry.hpp"

namespace millrace::simulator {

/// One call: `<Body><operation><_this type="...">...</_this>...</operation></Body>`.
struct SoapRequest {
    std::unique_ptr<pugi::xml_document> document;
    pugi::xml_node call;  ///< the operation's element
    std::string operation;
    ManagedReference self;
};

/// Reads a SOAP 1.1 envelope; namespaces are compared by URI, never by prefix. Errors: `invalid`
/// for no well-formed XML, a DOCTYPE, too deep a nesting, no envelope, a call outside urn:vim25.
Result<SoapRequest> parse_soap(std::string_view body);

/// The name without its prefix.
std::string_view local_name(pugi::xml_node node);
/// The first child of that local name; an empty node where there is none.
pugi::xml_node child(pugi::xml_node parent, std::string_view name);
std::vector<pugi::xml_node> children(pugi::xml_node parent, std::string_view name);
/// The text within a child, "" where it is absent.
std::string child_text(pugi::xml_node parent, std::string_view name);
bool child_bool(pugi::xml_node parent, std::string_view name, bool fallback);
/// Nothing where it is absent or no number.
std::optional<std::int64_t> child_integer(pugi::xml_node parent, std::string_view name);
/// A reference element's own value.
ManagedReference reference_of(pugi::xml_node node);
/// The local name of xsi:type, "" where it is absent.
std::string xsi_type(pugi::xml_node node);
/// `node` and what is in it without prefixes and foreign namespaces; xsi:type is kept.
void append_normalized(std::string& out, pugi::xml_node node);

/// What goes before and after `<OperationResponse xmlns="urn:vim25">...</OperationResponse>`.
std::string_view envelope_head();
std::string_view envelope_tail();
/// A whole envelope with the fault, as vCenter words it (research: HTTP 500, typed detail).
std::string fault_envelope(SoapFault const& fault);

}  // namespace millrace::simulator
