// SPDX-License-Identifier: Apache-2.0
#include "simulator/control_api.hpp"

#include <algorithm>
#include <charconv>

#include "simulator/inventory_json.hpp"
#include "simulator/vrops/vrops_api.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

constexpr std::string_view base = "/api/v1/";
constexpr std::size_t ledger_page = 10'000;
constexpr std::size_t ledger_page_max = 100'000;
constexpr std::string_view default_user = "VSPHERE.LOCAL\\Administrator";

ControlAnswer ok(Json const& body, int status = 200) {
    return {status, dump_json(body), {}, {}};
}

ControlAnswer problem(int status, std::string_view code, std::string detail) {
    return {status, {}, std::string(code), std::move(detail)};
}

ControlAnswer problem_of(Faults const& faults) {
    std::string detail;
    for (auto const& fault : faults)
        detail += fault.place + ": " + fault.problem + " ";
    detail.pop_back();
    return problem(422, "invalidRequest", std::move(detail));
}

/// The members of a JSON object. Errors: the answer.
std::expected<Json, ControlAnswer> object_of(HttpRequest const& request) {
    auto body = parse_json(request.body.empty() ? "{}" : request.body);
    if (!body)
        return std::unexpected(problem(400, "invalidJson", body.error().detail));
    if (!body->is_object()) {
        return std::unexpected(problem(400, "invalidJson", "The body must be a JSON object."));
    }
    return std::move(*body);
}

std::size_t number_or(std::string const& text, std::size_t fallback) {
    std::size_t number = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool const whole = code == std::errc() && end == text.data() + text.size();
    return whole && !text.empty() ? number : fallback;
}

/// vSphere class names and event type identifiers; keeps markup out of element names.
bool is_name(std::string_view text) {
    auto const fits = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
    };
    return !text.empty() && text.size() <= 200 && std::ranges::all_of(text, fits);
}

/// EventEx's own fields.
std::string extended_details(
    Json const& body, EventDraft const& draft, std::string const& message) {
    auto out = element("eventTypeId", draft.event_type_id) +
               element("severity", string_at(body, "severity", "info")) +
               element("message", message);
    if (auto const* arguments = find_json(body, "arguments"); arguments && arguments->is_object()) {
        for (auto const& [key, value] : arguments->items()) {
            auto const text = value.is_string() ? string_at(*arguments, key) : dump_json(value);
            out += "<arguments>" + element("key", key) + "<value xsi:type=\"xsd:string\">";
            append_escaped(out, text);
            out += "</value></arguments>";
        }
    }
    return out;
}

std::string details_of(Json const& body, EventDraft const& draft) {
    if (is_event_class(draft.class_name, "VmEvent"))
        return "<template>false</template>";
    if (draft.class_name == "EventEx")
        return extended_details(body, draft, draft.message);
    if (is_event_class(draft.class_name, "GeneralEvent"))
        return element("message", draft.message);
    return {};
}

}  // namespace

ControlAnswer ControlApi::answer(HttpRequest const& request, SystemTime now) {
    if (!request.path.starts_with(base))
        return problem(404, "notFound", "There is no such route.");
    auto const route = request.method + " " + request.path.substr(base.size());
    if (route == "GET inventory")
        return ok(inventory_json(world_));
    if (route == "POST operations")
        return post_operation(request, now);
    if (route == "POST events")
        return post_event(request, now);
    if (route == "POST bursts")
        return post_burst(request, now);
    if (route == "GET bursts")
        return ok(bursts_json());
    if (route == "POST faults")
        return post_fault(request, now);
    if (route == "GET faults")
        return ok(faults_json(now));
    if (route == "GET ledger")
        return ledger(request);
    if (route == "GET sessions")
        return ok(sessions_json());
    if (route == "DELETE faults") {
        world_.faults.clear();
        return ok(faults_json(now));
    }
    if (route == "GET vrops/resources") {
        Json items = Json::array();
        for (auto const& one : world_.vrops.all()) {
            items.push_back(vrops_resource_json(world_.vrops, one));
        }
        return ok(Json{{"items", std::move(items)}});
    }
    return problem(404, "notFound", "There is no route " + route + ".");
}

ControlAnswer ControlApi::post_operation(HttpRequest const& request, SystemTime now) {
    auto const body = object_of(request);
    if (!body)
        return body.error();
    JsonReader reader(*body, "");
    auto const word = reader.required_string("operation");
    OperationRequest operation;
    operation.target = reader.required_string("target");
    operation.host = reader.optional_string("host");
    operation.name = reader.optional_string("name");
    operation.description = reader.optional_string("description");
    operation.user_name = reader.optional_string("user", std::string(default_user));
    auto const kind = parse_operation(word);
    if (!kind && !word.empty())
        reader.fault("operation", "\"" + word + "\" is none.");
    if (kind == OperationKind::rename && operation.name.empty()) {
        reader.fault("name", "rename needs the new name.");
    }
    if (!reader.faults().empty())
        return problem_of(reader.faults());
    operation.kind = *kind;
    if (*kind == OperationKind::create_snapshot && operation.name.empty()) {
        operation.name = "snapshot of " + time_text(now);
    }
    if (auto const allowed = world_.operations.check(operation); !allowed) {
        bool const unknown = allowed.error().code == ErrorCode::not_found;
        return unknown ? problem(404, "targetNotFound", allowed.error().detail)
                       : problem(409, "invalidState", allowed.error().detail);
    }
    auto const task = world_.operations.start(operation, now);
    if (!task)
        return problem(404, "targetNotFound", task.error().detail);
    return ok(Json{{"operation", word}, {"target", operation.target}, {"task", *task}}, 202);
}

ControlAnswer ControlApi::post_event(HttpRequest const& request, SystemTime now) {
    auto const body = object_of(request);
    if (!body)
        return body.error();
    JsonReader reader(*body, "");
    EventDraft draft;
    draft.class_name = reader.required_string("class");
    draft.event_type_id = reader.optional_string("eventTypeId");
    draft.message = reader.optional_string("message");
    draft.user_name = reader.optional_string("user", std::string(default_user));
    draft.chain =
        static_cast<std::int32_t>(reader.optional_integer("chainId", 0, INT32_MIN, INT32_MAX));
    auto const vm = reader.optional_string("vm");
    auto const host = reader.optional_string("host");
    if (!vm.empty() && !world_.inventory.find_vm(vm))
        reader.fault("vm", "There is no " + vm + ".");
    if (!host.empty() && !world_.inventory.find_host(host)) {
        reader.fault("host", "There is no " + host + ".");
    }
    if (!is_name(draft.class_name))
        reader.fault("class", "must be the name of an event class.");
    bool const extended = draft.class_name == "EventEx" || draft.class_name == "ExtendedEvent";
    if (extended && !is_name(draft.event_type_id)) {
        reader.fault("eventTypeId", draft.class_name + " needs one, such as com.example.event.");
    }
    if (!reader.faults().empty())
        return problem_of(reader.faults());
    auto const& catalog = world_.operations.catalog();
    if (!host.empty())
        draft.context = catalog.context_of_host(host);
    if (!vm.empty())
        draft.context = catalog.context_of_vm(vm);
    draft.details_xml = details_of(*body, draft);
    auto const key = world_.events.append(draft, now);
    return ok(Json{{"key", key}}, 201);
}

ControlAnswer ControlApi::post_burst(HttpRequest const& request, SystemTime now) {
    auto const body = object_of(request);
    if (!body)
        return body.error();
    JsonReader reader(*body, "");
    BurstRequest burst;
    burst.count = static_cast<std::uint64_t>(
        reader.optional_integer("count", 0, 1, static_cast<std::int64_t>(Bursts::count_max)));
    burst.entities =
        static_cast<std::uint32_t>(reader.optional_integer("entities", 0, 0, Bursts::entities_max));
    burst.class_name = reader.optional_string("class", "EventEx");
    if (find_json(*body, "count") == nullptr)
        reader.fault("count", "is missing.");
    if (auto const rate = number_at(*body, "ratePerSecond")) {
        burst.rate = *rate;
        if (*rate < 0 || *rate > 1e6)
            reader.fault("ratePerSecond", "must be from 0 to 1000000.");
    }
    if (burst.class_name != "EventEx" && !is_event_class(burst.class_name, "VmEvent")) {
        reader.fault("class", "must be EventEx or a class of VM events.");
    }
    if (!reader.faults().empty())
        return problem_of(reader.faults());
    auto const& state = bursts_.start(std::move(burst), now);
    return ok(
        Json{
            {"run", state.run},
            {"count", state.request.count},
            {"emitted", state.emitted},
            {"entities", state.entities.size()}},
        202);
}

ControlAnswer ControlApi::post_fault(HttpRequest const& request, SystemTime now) {
    auto const body = object_of(request);
    if (!body)
        return body.error();
    JsonReader reader(*body, "");
    auto const word = reader.required_string("kind");
    auto const kind = parse_fault_kind(word);
    if (!kind && !word.empty())
        reader.fault("kind", "\"" + word + "\" is none.");
    constexpr std::int64_t day_ms = 86'400'000;
    auto const count = reader.optional_integer("count", 0, 0, 1'000'000'000);
    auto const duration = reader.optional_integer("durationMs", 0, 0, day_ms);
    PlannedFault fault;
    fault.delay = milliseconds(reader.optional_integer("delayMs", 1'000, 0, 600'000));
    fault.mode = reader.optional_string("mode", "truncated");
    if (!reader.faults().empty())
        return problem_of(reader.faults());
    fault.kind = *kind;
    if (count > 0)
        fault.remaining = static_cast<std::uint64_t>(count);
    if (duration > 0)
        fault.until = now + milliseconds(duration);
    bool const at_once = fault.kind == FaultKind::session_kill ||
                         fault.kind == FaultKind::collector_gone ||
                         fault.kind == FaultKind::silent_collector;
    if (at_once) {
        world_.strike(fault.kind);
    } else {
        world_.faults.add(std::move(fault));
    }
    return ok(faults_json(now), 201);
}

Json ControlApi::faults_json(SystemTime now) {
    Json items = Json::array();
    for (auto const& fault : world_.faults.active(now)) {
        Json item{{"kind", to_string(fault.kind)}};
        if (fault.remaining)
            item["remaining"] = *fault.remaining;
        if (fault.until)
            item["until"] = format_rfc3339(*fault.until);
        items.push_back(std::move(item));
    }
    return Json{{"items", std::move(items)}, {"struck", world_.faults.struck()}};
}

Json ControlApi::sessions_json() const {
    Json items = Json::array();
    for (auto const& [cookie, session] : world_.sessions.all()) {
        items.push_back(Json{
            {"key", session->facts.session_key},
            {"user", session->facts.user_name},
            {"address", session->facts.address},
            {"userAgent", session->facts.user_agent},
            {"loginTime", format_rfc3339(session->facts.login_time)},
            {"lastActive", format_rfc3339(session->last_active)},
            {"calls", session->facts.call_count},
            {"collectors", session->collectors.size()}});
    }
    return Json{
        {"items", std::move(items)},
        {"logins", world_.logins},
        {"failedLogins", world_.failed_logins},
        {"endedByIdling", world_.sessions.ended_by_idling()}};
}

Json ControlApi::bursts_json() const {
    Json items = Json::array();
    for (auto const& state : bursts_.all()) {
        items.push_back(Json{
            {"run", state.run},
            {"count", state.request.count},
            {"emitted", state.emitted},
            {"class", state.request.class_name},
            {"entities", state.entities}});
    }
    return Json{{"items", std::move(items)}};
}

ControlAnswer ControlApi::ledger(HttpRequest const& request) const {
    auto const from = number_or(request.query_value("from"), 0);
    auto const limit =
        std::min(number_or(request.query_value("limit"), ledger_page), ledger_page_max);
    auto const total = world_.events.size();
    auto const end = from >= total ? total : std::min(total, from + limit);
    std::string out = "{\"items\":[";
    for (auto index = from; index < end; ++index) {
        auto const row = world_.events.row(index);
        auto const& context = *row.context;
        auto const& entity = !context.vm.empty()                 ? context.vm
                             : !context.host.empty()             ? context.host
                             : !context.compute_resource.empty() ? context.compute_resource
                                                                 : context.datacenter;
        if (index > from)
            out += ',';
        out += "{\"position\":" + std::to_string(index) + ",\"key\":" + std::to_string(row.key) +
               ",\"chainId\":" + std::to_string(row.chain) + ",\"class\":\"";
        out.append(row.class_name).append("\",\"eventTypeId\":\"").append(row.event_type_id);
        out.append("\",\"entity\":").append(dump_json(Json(entity.reference.value)));
        out.append(",\"createdTime\":\"");
        append_time(out, row.created_us);
        out.append("\"}");
    }
    out += "],\"next\":" + std::to_string(end) + ",\"total\":" + std::to_string(total) + "}";
    return {200, std::move(out), {}, {}};
}

}  // namespace millrace::simulator
