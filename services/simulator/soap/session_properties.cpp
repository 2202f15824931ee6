// SPDX-License-Identifier: Apache-2.0
#include "simulator/soap/session_properties.hpp"

#include "simulator/properties/entity_properties.hpp"
#include "simulator/soap/service_content.hpp"
#include "simulator/soap/user_session.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

constexpr std::int64_t collectors_max = 32;

std::optional<Value> task_property(TaskRecord const& task, std::string_view path) {
    if (path == "info")
        return raw_object("TaskInfo", task_info_xml(task));
    if (path == "info.state")
        return enum_value("TaskInfoState", to_string(task.state));
    if (path == "info.key")
        return text_value(task.id);
    if (path == "info.progress")
        return int_value(task.progress);
    if (path == "info.entity")
        return reference_value(task.entity.reference);
    if (path == "info.entityName")
        return text_value(task.entity.name);
    if (path == "info.descriptionId")
        return text_value(task.description_id);
    if (path == "info.queueTime")
        return time_value(time_text(task.queued));
    if (path == "info.completeTime" && task.completed)
        return time_value(time_text(*task.completed));
    if (path == "info.result" && !task.result.empty())
        return reference_value(task.result);
    if (path == "info.error" && task.fault) {
        return raw_object(
            "LocalizedMethodFault", "<fault xsi:type=\"" + task.fault->type + "\">" +
                                        task.fault->details_xml + "</fault>" +
                                        element("localizedMessage", task.fault->message));
    }
    return std::nullopt;
}

void add_categories(std::string& out) {
    for (auto const* key : {"info", "warning", "error", "user"}) {
        out += "<category>" + element("label", key) + element("summary", key) +
               element("key", key) + "</category>";
    }
}

/// The collector's latestPage as ArrayOfEvent items.
std::string latest_page_xml(EventStore const& events, HistoryCollector& collector) {
    std::string out;
    for (auto const index : collector.latest_page()) {
        events.render(index, "Event", collector.with_message(), out);
    }
    return out;
}

}  // namespace

bool SessionProperties::exists(ManagedReference const& object) const {
    if (object.type == "ServiceInstance")
        return object.value == "ServiceInstance";
    if (is_service_object(object))
        return true;
    if (!session_)
        return false;
    if (object.type == "Task")
        return world_.tasks.find(object.value) != nullptr;
    if (object.type == "EventHistoryCollector")
        return session_->collectors.contains(object.value);
    if (object.type == "ContainerView")
        return session_->views.contains(object.value);
    if (object.type == "PropertyCollector") {
        return session_->property_collectors.contains(object.value);
    }
    auto const* entity = world_.inventory.find(object.value);
    return entity && is_class(entity->type, object.type);
}

std::optional<Value> SessionProperties::property(
    ManagedReference const& object, std::string_view path) const {
    if (object.type == "Task") {
        auto const* task = world_.tasks.find(object.value);
        return task ? task_property(*task, path) : std::nullopt;
    }
    auto const dot = std::min(path.find('.'), path.size());
    auto value = top_level(object, path.substr(0, dot));
    if (!value || dot == path.size())
        return value;
    auto const* inner = value_at(*value, path.substr(dot + 1));
    if (!inner)
        return std::nullopt;
    return *inner;
}

std::optional<Value> SessionProperties::top_level(
    ManagedReference const& object, std::string_view name) const {
    if (object.type == "EventHistoryCollector")
        return collector_property(object.value, name);
    if (object.type == "ContainerView")
        return view_property(object.value, name);
    if (object.type == "EventManager")
        return event_manager_property(name);
    if (object.type == "SessionManager")
        return session_manager_property(name);
    if (object.type == "ServiceInstance" && name == "content") {
        return raw_object("ServiceContent", service_content_xml(world_.inventory));
    }
    if (object.type == "TaskManager" && name == "recentTask") {
        std::vector<ManagedReference> recent;
        for (auto const& id : world_.tasks.recent(20))
            recent.push_back({"Task", id});
        return references_value(recent);
    }
    return session_ ? entity_property(world_.inventory, object.value, name) : std::nullopt;
}

std::vector<std::string_view> SessionProperties::property_names(std::string_view type) const {
    if (type == "Task")
        return {"info"};
    if (type == "EventHistoryCollector")
        return {"latestPage", "initialized"};
    if (type == "ContainerView")
        return {"view", "container", "recursive"};
    if (type == "EventManager")
        return {"description", "latestEvent", "maxCollector"};
    if (type == "SessionManager")
        return {"currentSession", "defaultLocale"};
    if (type == "ServiceInstance")
        return {"content"};
    if (type == "TaskManager")
        return {"recentTask"};
    auto const names = entity_property_names(type);
    return {names.begin(), names.end()};
}

std::optional<Value> SessionProperties::collector_property(
    std::string_view id, std::string_view name) const {
    if (!session_)
        return std::nullopt;
    auto const found = session_->collectors.find(id);
    if (found == session_->collectors.end())
        return std::nullopt;
    if (name == "initialized")
        return bool_value(true);
    if (name != "latestPage")
        return std::nullopt;
    return raw_array("Event", latest_page_xml(world_.events, found->second));
}

std::optional<Value> SessionProperties::view_property(
    std::string_view id, std::string_view name) const {
    if (!session_)
        return std::nullopt;
    auto const found = session_->views.find(id);
    if (found == session_->views.end())
        return std::nullopt;
    if (name == "view")
        return references_value(view_objects(world_.inventory, found->second));
    if (name == "container")
        return reference_value(found->second.container);
    if (name == "recursive")
        return bool_value(found->second.recursive);
    return std::nullopt;
}

std::optional<Value> SessionProperties::event_manager_property(std::string_view name) const {
    if (name == "maxCollector")
        return int_value(collectors_max);
    if (name == "latestEvent" && world_.events.size() > 0) {
        auto const newest = world_.events.size() - 1;
        std::string xml;
        world_.events.render(newest, "latestEvent", true, xml);
        auto const begin = xml.find('>') + 1;
        auto const end = xml.rfind("</latestEvent>");
        return raw_object(world_.events.row(newest).class_name, xml.substr(begin, end - begin));
    }
    if (name != "description")
        return std::nullopt;
    std::string inner;
    add_categories(inner);
    return raw_object("EventDescription", std::move(inner));
}

std::optional<Value> SessionProperties::session_manager_property(std::string_view name) const {
    if (name == "defaultLocale")
        return text_value("en");
    if (name != "currentSession" || !session_)
        return std::nullopt;
    return raw_object("UserSession", user_session_xml(*session_));
}

}  // namespace millrace::simulator
