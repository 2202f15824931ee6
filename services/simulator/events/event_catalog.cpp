// SPDX-License-Identifier: Apache-2.0
#include "simulator/events/event_catalog.hpp"

#include <array>
#include <utility>

#include "common/base/encoding.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

constexpr std::string_view no_template = "<template>false</template>";

using Text = std::pair<std::string_view, std::string_view>;

constexpr std::array<Text, 11> vm_texts = {{
    {"VmStartingEvent", "is starting"},
    {"VmPoweredOnEvent", "is powered on"},
    {"VmStoppingEvent", "is stopping"},
    {"VmPoweredOffEvent", "is powered off"},
    {"VmResettingEvent", "is reset"},
    {"VmSuspendingEvent", "is being suspended"},
    {"VmSuspendedEvent", "is suspended"},
    {"VmResumingEvent", "is resumed"},
    {"VmGuestShutdownEvent", "guest OS shut down"},
    {"VmGuestRebootEvent", "guest OS reboot"},
    {"VmReconfiguredEvent", "is reconfigured"},
}};

constexpr std::array<Text, 4> host_texts = {{
    {"EnteringMaintenanceModeEvent", "has started to enter maintenance mode"},
    {"EnteredMaintenanceModeEvent", "has entered maintenance mode"},
    {"ExitMaintenanceModeEvent", "has exited maintenance mode"},
    {"CanceledHostOperationEvent", "canceled its operation"},
}};

/// TaskEvent's sentence for TaskInfo.descriptionId, as the client's message catalogue words it.
constexpr std::array<Text, 14> task_texts = {{
    {"VirtualMachine.powerOn", "Power On virtual machine"},
    {"VirtualMachine.powerOff", "Power Off virtual machine"},
    {"VirtualMachine.reset", "Reset virtual machine"},
    {"VirtualMachine.suspend", "Suspend virtual machine"},
    {"VirtualMachine.migrate", "Migrate virtual machine"},
    {"VirtualMachine.relocate", "Relocate virtual machine"},
    {"VirtualMachine.createSnapshot", "Create virtual machine snapshot"},
    {"vm.Snapshot.remove", "Remove snapshot"},
    {"VirtualMachine.reconfigure", "Reconfigure virtual machine"},
    {"ManagedEntity.rename", "Rename entity"},
    {"HostSystem.enterMaintenanceMode", "Enter maintenance mode"},
    {"HostSystem.exitMaintenanceMode", "Exit maintenance mode"},
    {"host.StorageSystem.rescanAllHba", "Rescan all HBAs"},
    {"host.StorageSystem.rescanVmfs", "Rescan VMFS"},
}};

template <std::size_t Size>
std::string_view look_up(std::array<Text, Size> const& table, std::string_view key) {
    for (auto const& [name, text] : table) {
        if (name == key)
            return text;
    }
    return {};
}

std::string argument(std::string_view field, std::string_view inner, NamedReference const& about) {
    std::string out = "<";
    out.append(field).append(">") += element("name", about.name);
    out += reference_element(inner, about.reference);
    return out.append("</").append(field).append(">");
}

std::string_view color_key(AlarmColor color) {
    static constexpr std::array<std::string_view, 4> keys = {"gray", "green", "yellow", "red"};
    return keys.at(static_cast<std::size_t>(color));
}

std::string_view color_word(AlarmColor color) {
    static constexpr std::array<std::string_view, 4> words = {"Gray", "Green", "Yellow", "Red"};
    return words.at(static_cast<std::size_t>(color));
}

}  // namespace

EventContext EventCatalog::context_of_host(std::string_view host) const {
    EventContext context;
    context.datacenter = inventory_.named(inventory_.datacenter_of(host));
    auto const found = inventory_.hosts.find(host);
    if (found != inventory_.hosts.end()) {
        context.compute_resource = inventory_.named(found->second.cluster);
    }
    context.host = inventory_.named(host);
    return context;
}

EventContext EventCatalog::context_of_vm(std::string_view vm) const {
    auto const found = inventory_.virtual_machines.find(vm);
    if (found == inventory_.virtual_machines.end())
        return {};
    auto context = context_of_host(found->second.host);
    context.vm = inventory_.named(vm);
    return context;
}

EventContext EventCatalog::context_of(std::string_view id) const {
    if (inventory_.virtual_machines.contains(id))
        return context_of_vm(id);
    if (inventory_.hosts.contains(id))
        return context_of_host(id);
    EventContext context;
    context.datacenter = inventory_.named(inventory_.datacenter_of(id));
    if (inventory_.clusters.contains(id))
        context.compute_resource = inventory_.named(id);
    return context;
}

EventDraft EventCatalog::vm(
    std::string_view class_name, std::string_view vm, Cause const& cause) const {
    auto context = context_of_vm(vm);
    std::string message =
        context.vm.name + " on " + context.host.name + " in " + context.datacenter.name + " ";
    message.append(look_up(vm_texts, class_name));
    std::string details(no_template);
    if (class_name == "VmReconfiguredEvent")
        details += "<configSpec></configSpec>";
    return {
        .class_name = std::string(class_name),
        .event_type_id = {},
        .user_name = cause.user_name,
        .context = std::move(context),
        .message = std::move(message),
        .details_xml = std::move(details),
        .chain = cause.chain};
}

EventDraft EventCatalog::vm_being_migrated(
    std::string_view vm, std::string_view to_host, Cause const& cause) const {
    auto const* moved = inventory_.find_vm(vm);
    bool const runs = moved && moved->power == PowerState::on;
    auto draft = this->vm(runs ? "VmBeingHotMigratedEvent" : "VmBeingMigratedEvent", vm, cause);
    auto const target = inventory_.named(to_host);
    draft.message = (runs ? "Migrating " : "Relocating ") + draft.context.vm.name + " from " +
                    draft.context.host.name + " to " + target.name + " in " +
                    draft.context.datacenter.name;
    draft.details_xml += argument("destHost", "host", target);
    draft.details_xml += argument("destDatacenter", "datacenter", draft.context.datacenter);
    return draft;
}

EventDraft EventCatalog::vm_migrated(
    std::string_view class_name, std::string_view vm, std::string_view from_host,
    Cause const& cause) const {
    auto draft = this->vm(class_name, vm, cause);
    auto const source = inventory_.named(from_host);
    auto const& context = draft.context;
    if (class_name == "DrsVmMigratedEvent") {
        draft.message = "DRS migrated " + context.vm.name + " from " + source.name + " to " +
                        context.host.name + " in cluster " + context.compute_resource.name +
                        " in " + context.datacenter.name;
    } else {
        draft.message = "Migration of virtual machine " + context.vm.name + " from " + source.name +
                        " to " + context.host.name + " completed";
    }
    draft.details_xml += argument("sourceHost", "host", source);
    draft.details_xml += argument("sourceDatacenter", "datacenter", context.datacenter);
    return draft;
}

EventDraft EventCatalog::vm_renamed(
    std::string_view vm, std::string_view old_name, std::string_view new_name,
    Cause const& cause) const {
    auto draft = this->vm("VmRenamedEvent", vm, cause);
    draft.message = "Renamed " + draft.context.vm.name + " from " + std::string(old_name) + " to " +
                    std::string(new_name) + " in " + draft.context.datacenter.name;
    append_element(draft.details_xml, "oldName", old_name);
    append_element(draft.details_xml, "newName", new_name);
    return draft;
}

EventDraft EventCatalog::host(
    std::string_view class_name, std::string_view host, Cause const& cause) const {
    auto context = context_of_host(host);
    std::string message = "Host " + context.host.name + " in " + context.datacenter.name + " ";
    message.append(look_up(host_texts, class_name));
    return {
        .class_name = std::string(class_name),
        .event_type_id = {},
        .user_name = cause.user_name,
        .context = std::move(context),
        .message = std::move(message),
        .details_xml = {},
        .chain = cause.chain};
}

EventDraft EventCatalog::task(TaskRecord const& task) const {
    auto const text = look_up(task_texts, task.description_id);
    return {
        .class_name = "TaskEvent",
        .event_type_id = {},
        .user_name = task.user_name,
        .context = context_of(task.entity.reference.value),
        .message = "Task: " + std::string(text.empty() ? task.description_id : text),
        .details_xml = "<info>" + task_info_xml(task) + "</info>",
        .chain = task.chain};
}

EventDraft EventCatalog::login(LoginFacts const& facts) const {
    EventDraft draft;
    draft.class_name = "UserLoginSessionEvent";
    draft.user_name = facts.user_name;
    draft.message =
        "User " + facts.user_name + "@" + facts.address + " logged in as " + facts.user_agent;
    draft.details_xml = element("ipAddress", facts.address) +
                        element("userAgent", facts.user_agent) + element("locale", "en") +
                        element("sessionId", facts.session_key);
    return draft;
}

EventDraft EventCatalog::logout(LoginFacts const& facts) const {
    EventDraft draft;
    draft.class_name = "UserLogoutSessionEvent";
    draft.user_name = facts.user_name;
    draft.message = "User " + facts.user_name + "@" + facts.address +
                    " logged out (login time: " + time_text(facts.login_time) +
                    ", number of API invocations: " + std::to_string(facts.call_count) +
                    ", user agent: " + facts.user_agent + ")";
    draft.details_xml =
        element("ipAddress", facts.address) + element("userAgent", facts.user_agent) +
        element("callCount", static_cast<std::int64_t>(facts.call_count)) +
        element("sessionId", facts.session_key) + element("loginTime", time_text(facts.login_time));
    return draft;
}

EventDraft EventCatalog::bad_login(std::string_view user_name, std::string_view address) const {
    EventDraft draft;
    draft.class_name = "BadUsernameSessionEvent";
    draft.user_name = user_name;
    draft.message = "Cannot login " + std::string(user_name) + "@" + std::string(address);
    draft.details_xml = element("ipAddress", address);
    return draft;
}

EventDraft EventCatalog::alarm(
    std::string_view alarm_name, std::string_view entity, AlarmColor from, AlarmColor to) const {
    auto const about = inventory_.named(entity);
    NamedReference const source{
        {"Alarm", "alarm-" + std::to_string(fnv1a(alarm_name) % 300 + 1)}, std::string(alarm_name)};
    EventDraft draft;
    draft.class_name = "AlarmStatusChangedEvent";
    draft.context = context_of(entity);
    draft.message = "Alarm '" + source.name + "' on " + about.name + " changed from " +
                    std::string(color_word(from)) + " to " + std::string(color_word(to));
    draft.details_xml = argument("alarm", "alarm", source) +
                        argument("source", "entity", inventory_.named(inventory_.root)) +
                        argument("entity", "entity", about) + element("from", color_key(from)) +
                        element("to", color_key(to));
    return draft;
}

EventDraft EventCatalog::user_message(
    ManagedReference const& entity, std::string_view message, Cause const& cause) const {
    EventDraft draft;
    draft.class_name = "GeneralUserEvent";
    draft.user_name = cause.user_name;
    draft.context = context_of(entity.value);
    draft.message = "User logged event: " + std::string(message);
    draft.details_xml = element("message", message);
    draft.details_xml += argument("entity", "entity", inventory_.named(entity.value));
    draft.chain = cause.chain;
    return draft;
}

}  // namespace millrace::simulator
