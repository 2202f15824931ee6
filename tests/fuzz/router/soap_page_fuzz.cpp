// SPDX-License-Identifier: Apache-2.0
// What vCenter may answer: any bytes as a SOAP envelope, its events as JSON.
#include "common/base/json.hpp"
#include "router/vcenter/event_json.hpp"
#include "router/vcenter/soap.hpp"
#include "router/vcenter/xml.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace millrace::fuzz {
namespace {

using namespace millrace::router;

/// Whatever the element is, its JSON can be read.
void convert(VimTypes const& types, pugi::xml_node event) {
    std::string json;
    append_event_json(json, types, types.find(xsi_type(event)), event);
    auto const parsed = parse_json(json);
    FUZZ_HOLDS(parsed.has_value() && parsed->is_object());
}

}  // namespace

void take(std::string_view bytes) {
    static VimTypes const types;
    std::string text(bytes);
    pugi::xml_document document;
    if (!parse_xml(document, text))
        return;
    soap::Answer const answer = soap::parse_answer(document);
    soap::is_complete(soap::parse_service_content(answer.body));
    soap::parse_update(answer.body);
    soap::parse_latest_event(answer.body);
    soap::return_text(answer.body);
    for (pugi::xml_node const event : answer.body.children())
        convert(types, event);
}

}  // namespace millrace::fuzz
