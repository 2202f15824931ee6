// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/soap.hpp"

#include <charconv>

#include "router/vcenter/xml.hpp"

namespace millrace::router::soap {
namespace {

std::string escaped(std::string_view text) {
    std::string result;
    append_xml_text(result, text);
    return result;
}

/// <Envelope><Body><Method><_this type="T">id</_this>...</Method></Body></Envelope>
std::string envelope(
    std::string const& method, std::string_view type, std::string_view id,
    std::string const& arguments = {}) {
    return R"(<?xml version="1.0" encoding="UTF-8"?>)"
           R"(<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/")"
           R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Body><)" +
           method + R"( xmlns="urn:vim25"><_this type=")" + std::string(type) + R"(">)" +
           escaped(id) + "</_this>" + arguments + "</" + method + "></Body></Envelope>";
}

FaultKind kind_of_fault(std::string_view type) {
    if (type == "NotAuthenticated")
        return FaultKind::not_authenticated;
    if (type == "InvalidLogin" || type == "NoPermission" || type == "PasswordExpired")
        return FaultKind::invalid_login;
    if (type == "ManagedObjectNotFound")
        return FaultKind::object_gone;
    return FaultKind::other;
}

}  // namespace

std::string retrieve_service_content() {
    return envelope("RetrieveServiceContent", "ServiceInstance", "ServiceInstance");
}

std::string login(ServiceContent const& content, std::string_view user, Secret const& password) {
    return envelope(
        "Login", "SessionManager", content.session_manager,
        "<userName>" + escaped(user) + "</userName><password>" + escaped(password.reveal()) +
            "</password><locale>en_US</locale>");
}

std::string logout(ServiceContent const& content) {
    return envelope("Logout", "SessionManager", content.session_manager);
}

std::string current_time() {
    return envelope("CurrentTime", "ServiceInstance", "ServiceInstance");
}

std::string create_collector(ServiceContent const& content, SystemTime begin) {
    return envelope(
        "CreateCollectorForEvents", "EventManager", content.event_manager,
        "<filter><entity><entity type=\"Folder\">" + escaped(content.root_folder) +
            "</entity><recursion>all</recursion></entity><time><beginTime>" +
            format_rfc3339(begin) +
            "</beginTime></time><disableFullMessage>false</disableFullMessage>"
            "<maxCount>10</maxCount></filter>");
}

std::string read_next_events(std::string_view collector, int count) {
    return envelope(
        "ReadNextEvents", "EventHistoryCollector", collector,
        "<maxCount>" + std::to_string(count) + "</maxCount>");
}

std::string destroy_collector(std::string_view collector) {
    return envelope("DestroyCollector", "EventHistoryCollector", collector);
}

std::string create_property_collector(ServiceContent const& content) {
    return envelope("CreatePropertyCollector", "PropertyCollector", content.property_collector);
}

std::string destroy_property_collector(std::string_view waiter) {
    return envelope("DestroyPropertyCollector", "PropertyCollector", waiter);
}

std::string create_filter(std::string_view waiter, std::string_view collector) {
    return envelope(
        "CreateFilter", "PropertyCollector", waiter,
        "<spec><propSet><type>EventHistoryCollector</type><pathSet>latestPage</pathSet></propSet>"
        "<objectSet><obj type=\"EventHistoryCollector\">" +
            escaped(collector) + "</obj></objectSet></spec><partialUpdates>false</partialUpdates>");
}

std::string wait_for_updates(std::string_view waiter, std::string_view version, seconds wait) {
    return envelope(
        "WaitForUpdatesEx", "PropertyCollector", waiter,
        (version.empty() ? "" : "<version>" + escaped(version) + "</version>") +
            "<options><maxWaitSeconds>" + std::to_string(wait.count()) +
            "</maxWaitSeconds></options>");
}

std::string retrieve_latest_event(ServiceContent const& content) {
    return envelope(
        "RetrievePropertiesEx", "PropertyCollector", content.property_collector,
        "<specSet><propSet><type>EventManager</type><pathSet>latestEvent</pathSet></propSet>"
        "<objectSet><obj type=\"EventManager\">" +
            escaped(content.event_manager) + "</obj></objectSet></specSet><options/>");
}

Answer parse_answer(pugi::xml_document const& document) {
    Answer answer;
    pugi::xml_node const body = child(document.document_element(), "Body");
    if (local_name(document.document_element().name()) != "Envelope" || !body) {
        answer.fault = FaultKind::other;
        answer.fault_text = "the answer is no SOAP envelope";
        return answer;
    }
    pugi::xml_node const fault = child(body, "Fault");
    if (!fault) {
        answer.body = body.first_child();
        return answer;
    }
    pugi::xml_node const detail = child(fault, "detail").first_child();
    std::string_view type = xsi_type(detail);
    if (type.empty()) {
        type = local_name(detail.name());
        if (type.ends_with("Fault"))
            type.remove_suffix(5);
    }
    answer.fault = kind_of_fault(type);
    answer.fault_text = std::string(type) + ": " + std::string(child_text(fault, "faultstring"));
    return answer;
}

bool is_envelope(std::string_view text) {
    std::size_t at = 0;
    while ((at = text.find('<', at)) != std::string_view::npos) {
        std::string_view const rest = text.substr(at);
        if (rest.starts_with("<?")) {
            at = text.find("?>", at);
        } else if (rest.starts_with("<!--")) {
            at = text.find("-->", at);
        } else {
            std::string const name(rest.substr(1, rest.find_first_of(" \t\r\n/>", 1) - 1));
            return local_name(name.c_str()) == "Envelope";
        }
    }
    return false;
}

Result<std::unique_ptr<Document>> parse_document(std::string text) {
    auto document = std::make_unique<Document>();
    document->text = std::move(text);
    if (auto parsed = parse_xml(document->xml, document->text); !parsed)
        return std::unexpected(parsed.error());
    document->answer = parse_answer(document->xml);
    return document;
}

std::optional<std::int32_t> parse_key(std::string_view text) {
    std::int32_t key = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), key);
    if (code != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return key;
}

ServiceContent parse_service_content(pugi::xml_node body) {
    pugi::xml_node const value = child(body, "returnval");
    pugi::xml_node const about = child(value, "about");
    ServiceContent content;
    content.root_folder = child_text(value, "rootFolder");
    content.session_manager = child_text(value, "sessionManager");
    content.event_manager = child_text(value, "eventManager");
    content.property_collector = child_text(value, "propertyCollector");
    content.api_version = child_text(about, "apiVersion");
    content.instance_uuid = child_text(about, "instanceUuid");
    return content;
}

bool is_complete(ServiceContent const& content) {
    return !content.root_folder.empty() && !content.session_manager.empty() &&
           !content.event_manager.empty() && !content.property_collector.empty();
}

std::string_view return_text(pugi::xml_node body) {
    return child_text(body, "returnval");
}

Update parse_update(pugi::xml_node body) {
    Update update;
    pugi::xml_node const value = child(body, "returnval");
    update.version = child_text(value, "version");
    for (pugi::xml_node set = value.first_child(); set; set = set.next_sibling()) {
        if (local_name(set.name()) != "filterSet")
            continue;
        pugi::xml_node const change = child(child(set, "objectSet"), "changeSet");
        for (pugi::xml_node const event : child(change, "val").children())
            if (auto const key = parse_key(child_text(event, "key")))
                update.keys.push_back(*key);
    }
    return update;
}

std::optional<LatestEvent> parse_latest_event(pugi::xml_node body) {
    pugi::xml_node const object = child(child(body, "returnval"), "objects");
    pugi::xml_node const event = child(child(object, "propSet"), "val");
    auto const key = parse_key(child_text(event, "key"));
    auto const created = parse_rfc3339(child_text(event, "createdTime"));
    if (!key || !created)
        return std::nullopt;
    return LatestEvent{*key, *created};
}

}  // namespace millrace::router::soap
