// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/soap_codec.hpp"

#include <charconv>

#include "common/base/encoding.hpp"
#include "simulator/world/xml_check.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

constexpr std::string_view soap_uri = "http://schemas.xmlsoap.org/soap/envelope/";
constexpr std::string_view schema_instance_uri = "http://www.w3.org/2001/XMLSchema-instance";

std::string_view prefix_of(std::string_view name) {
    auto const colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

std::string_view without_prefix(std::string_view name) {
    auto const colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// What `prefix` means at `node`, "" if it is not declared.
std::string_view uri_of_prefix(pugi::xml_node node, std::string_view prefix) {
    for (; node; node = node.parent()) {
        for (auto const attribute : node.attributes()) {
            std::string_view const name = attribute.name();
            bool const declares = prefix.empty()
                                      ? name == "xmlns"
                                      : name.starts_with("xmlns:") && name.substr(6) == prefix;
            if (declares)
                return attribute.value();
        }
    }
    return {};
}

std::string_view uri_of(pugi::xml_node node) {
    return uri_of_prefix(node, prefix_of(node.name()));
}

/// "7.0" and the like may follow: "urn:vim25", as older clients add none and newer ones use the
/// SOAPAction header.
bool is_vim(std::string_view uri) {
    return uri == "urn:vim25";
}

std::unexpected<Error> malformed(std::string reason) {
    return failure(ErrorCode::invalid, std::move(reason));
}

pugi::xml_node first_element(pugi::xml_node parent) {
    for (auto const node : parent.children()) {
        if (node.type() == pugi::node_element)
            return node;
    }
    return {};
}

pugi::xml_node soap_child(pugi::xml_node parent, std::string_view name) {
    for (auto const node : parent.children()) {
        if (local_name(node) == name && uri_of(node) == soap_uri)
            return node;
    }
    return {};
}

}  // namespace

Result<SoapRequest> parse_soap(std::string_view body) {
    if (auto const checked = check_xml(body); !checked)
        return std::unexpected(checked.error());
    auto const text = to_valid_utf8(body);
    SoapRequest request;
    request.document = std::make_unique<pugi::xml_document>();
    auto const parsed = request.document->load_buffer(
        text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!parsed) {
        return malformed(
            std::string(parsed.description()) + " at byte " + std::to_string(parsed.offset) + ".");
    }
    auto const content = soap_child(soap_child(request.document->root(), "Envelope"), "Body");
    if (!content)
        return malformed("There is no SOAP 1.1 envelope with a body.");
    request.call = first_element(content);
    if (!request.call)
        return malformed("The SOAP body is empty.");
    if (!is_vim(uri_of(request.call)))
        return malformed("The call is not in urn:vim25.");
    request.operation = local_name(request.call);
    request.self = reference_of(child(request.call, "_this"));
    if (request.self.empty())
        return malformed("The call has no _this.");
    return request;
}

std::string_view local_name(pugi::xml_node node) {
    return without_prefix(node.name());
}

pugi::xml_node child(pugi::xml_node parent, std::string_view name) {
    for (auto const node : parent.children()) {
        if (local_name(node) == name)
            return node;
    }
    return {};
}

std::vector<pugi::xml_node> children(pugi::xml_node parent, std::string_view name) {
    std::vector<pugi::xml_node> found;
    for (auto const node : parent.children()) {
        if (local_name(node) == name)
            found.push_back(node);
    }
    return found;
}

std::string child_text(pugi::xml_node parent, std::string_view name) {
    return child(parent, name).text().get();
}

bool child_bool(pugi::xml_node parent, std::string_view name, bool fallback) {
    auto const text = child_text(parent, name);
    return text.empty() ? fallback : text == "true" || text == "1";
}

std::optional<std::int64_t> child_integer(pugi::xml_node parent, std::string_view name) {
    auto const text = child_text(parent, name);
    std::int64_t number = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || code != std::errc() || end != text.data() + text.size())
        return {};
    return number;
}

ManagedReference reference_of(pugi::xml_node node) {
    return {node.attribute("type").value(), node.text().get()};
}

std::string xsi_type(pugi::xml_node node) {
    for (auto const attribute : node.attributes()) {
        std::string_view const name = attribute.name();
        if (without_prefix(name) != "type" || prefix_of(name).empty())
            continue;
        if (uri_of_prefix(node, prefix_of(name)) == schema_instance_uri) {
            return std::string(without_prefix(attribute.value()));
        }
    }
    return {};
}

void append_normalized(std::string& out, pugi::xml_node node) {
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
        return append_escaped(out, node.value());
    }
    if (node.type() != pugi::node_element)
        return;
    auto const name = local_name(node);
    out.append("<").append(name);
    if (auto const type = xsi_type(node); !type.empty()) {
        bool const builtin = type[0] >= 'a' && type[0] <= 'z';
        out.append(" xsi:type=\"").append(builtin ? "xsd:" : "");
        append_escaped(out, type);
        out.append("\"");
    }
    if (auto const type = node.attribute("type")) {
        out.append(" type=\"");
        append_escaped(out, type.value());
        out.append("\"");
    }
    out.append(">");
    for (auto const inner : node.children())
        append_normalized(out, inner);
    out.append("</").append(name).append(">");
}

std::string_view envelope_head() {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope "
           "xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\" "
           "xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "
           "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" "
           "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<soapenv:Body>\n";
}

std::string_view envelope_tail() {
    return "\n</soapenv:Body>\n</soapenv:Envelope>";
}

std::string fault_envelope(SoapFault const& fault) {
    std::string out(envelope_head());
    out += "<soapenv:Fault><faultcode>ServerFaultCode</faultcode>";
    append_element(out, "faultstring", fault.message);
    out += "<detail><" + fault.type + "Fault xmlns=\"urn:vim25\" xsi:type=\"" + fault.type + "\">";
    out += fault.details_xml + "</" + fault.type + "Fault></detail></soapenv:Fault>";
    return out.append(envelope_tail());
}

}  // namespace millrace::simulator
