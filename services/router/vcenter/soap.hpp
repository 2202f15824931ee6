// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "common/base/secret.hpp"

namespace millrace::router::soap {

/// Names of the managed objects a session works with, from RetrieveServiceContent.
struct ServiceContent {
    std::string root_folder;
    std::string session_manager;
    std::string event_manager;
    std::string property_collector;
    std::string api_version;
    std::string instance_uuid;
};

/// Request envelopes (research: the wire format govmomi uses). Texts are escaped.
std::string retrieve_service_content();
std::string login(ServiceContent const& content, std::string_view user, Secret const& password);
std::string logout(ServiceContent const& content);
std::string current_time();
/// All events below the root folder from `begin` on; latestPage keeps 10.
std::string create_collector(ServiceContent const& content, SystemTime begin);
std::string read_next_events(std::string_view collector, int count);
std::string destroy_collector(std::string_view collector);
/// A property collector of our own: whoever else waits on the default one can take its updates
/// (measured: in vcsim 0.38 any other session does).
std::string create_property_collector(ServiceContent const& content);
std::string destroy_property_collector(std::string_view waiter);
/// A filter of the property collector `waiter` on the collector's latestPage: it wakes
/// WaitForUpdatesEx.
std::string create_filter(std::string_view waiter, std::string_view collector);
std::string wait_for_updates(std::string_view waiter, std::string_view version, seconds wait);
/// EventManager.latestEvent.
std::string retrieve_latest_event(ServiceContent const& content);

/// How a call went wrong, as far as it matters to what to do next.
enum class FaultKind {
    none,
    not_authenticated,  ///< the session has ended
    invalid_login,      ///< user or password wrong, or no permission to log in
    object_gone,        ///< the collector or filter does not exist any more
    other,
};

struct Answer {
    FaultKind fault = FaultKind::none;
    std::string fault_text;  ///< class and faultstring, for the operator
    pugi::xml_node body;     ///< the <XxxResponse> element; empty for a fault
};

/// Reads an envelope. A document that is none is a fault of kind `other`.
Answer parse_answer(pugi::xml_document const& document);

/// One SOAP answer with the memory its nodes point into.
struct Document {
    std::string text;
    pugi::xml_document xml;
    Answer answer;
};

/// Whether the text begins as an envelope does: a login page of a proxy does not. Looks at the
/// first element only.
bool is_envelope(std::string_view text);
/// Errors: those of parse_xml.
Result<std::unique_ptr<Document>> parse_document(std::string text);

/// An event's key as vCenter writes it; nothing if it is none.
std::optional<std::int32_t> parse_key(std::string_view text);

/// Errors show as empty names: the caller checks is_complete.
ServiceContent parse_service_content(pugi::xml_node body);
bool is_complete(ServiceContent const& content);

/// The text of <returnval>, e.g. a collector's id or the time.
std::string_view return_text(pugi::xml_node body);

struct Update {
    std::string version;             ///< empty: nothing came before the wait ended
    std::vector<std::int32_t> keys;  ///< of the events in latestPage, as far as they are keys
};
Update parse_update(pugi::xml_node body);

struct LatestEvent {
    std::int32_t key = 0;
    SystemTime created;
};
/// Reads a RetrievePropertiesEx answer about EventManager.latestEvent; nothing where there is none.
std::optional<LatestEvent> parse_latest_event(pugi::xml_node body);

}  // namespace millrace::router::soap
