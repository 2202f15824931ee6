// SPDX-License-Identifier: Apache-2.0
#include "simulator/vrops/vrops_api.hpp"

#include <algorithm>
#include <charconv>

#include "common/base/encoding.hpp"

namespace millrace::simulator {
namespace {

constexpr std::string_view base = "/suite-api";
constexpr std::string_view resources_path = "/api/resources";
constexpr std::string_view maintained = "/maintained";
constexpr std::int64_t page_size_default = 1'000;
constexpr std::int64_t minutes_max = 60LL * 24 * 3650;
constexpr std::int64_t end_ms_max = 9'000'000'000'000;  // 2255: what nanoseconds in 64 bits hold

HttpResponse json_response(int status, Json const& body) {
    HttpResponse response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    response.body = dump_json(body);
    return response;
}

HttpResponse error_response(int status, int code, std::string_view message) {
    return json_response(
        status, Json{
                    {"type", "Error"},
                    {"message", message},
                    {"httpStatusCode", status},
                    {"apiErrorCode", code}});
}

HttpResponse empty_response(int status) {
    HttpResponse response;
    response.status = status;
    return response;
}

/// Nothing where it is absent; an error where it is no number.
Result<std::optional<std::int64_t>> number_parameter(
    HttpRequest const& request, std::string_view name) {
    auto const text = request.query_value(name);
    if (text.empty())
        return std::optional<std::int64_t>();
    std::int64_t number = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc() || end != text.data() + text.size() || number < 0) {
        return failure(ErrorCode::invalid, "Invalid value for " + std::string(name) + ".");
    }
    return std::optional(number);
}

std::string_view token_of(HttpRequest const& request) {
    auto const header = request.headers.get("Authorization");
    for (std::string_view const scheme : {"vRealizeOpsToken ", "OpsToken "}) {
        if (header.starts_with(scheme))
            return header.substr(scheme.size());
    }
    return {};
}

/// `end` wins over `duration`; neither: until unmarked.
Result<std::optional<SystemTime>> maintenance_end(HttpRequest const& request, SystemTime now) {
    auto const end = number_parameter(request, "end");
    if (!end)
        return std::unexpected(end.error());
    auto const duration = number_parameter(request, "duration");
    if (!duration)
        return std::unexpected(duration.error());
    if (*end) {
        return std::optional<SystemTime>(SystemTime(milliseconds(std::min(**end, end_ms_max))));
    }
    if (*duration) {
        return std::optional<SystemTime>(
            now + std::chrono::minutes(std::min(**duration, minutes_max)));
    }
    return std::optional<SystemTime>();
}

}  // namespace

std::vector<std::string> query_values(HttpRequest const& request, std::string_view name) {
    std::vector<std::string> values;
    std::string_view rest = request.query;
    while (!rest.empty()) {
        auto const end = std::min(rest.find('&'), rest.size());
        auto const pair = rest.substr(0, end);
        auto const equals = std::min(pair.find('='), pair.size());
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (pair.substr(0, equals) != name || equals == pair.size())
            continue;
        std::string raw(pair.substr(equals + 1));
        std::ranges::replace(raw, '+', ' ');
        if (auto decoded = percent_decode(raw))
            values.push_back(std::move(*decoded));
    }
    return values;
}

Json vrops_resource_json(Vrops const& vrops, VropsResource const& resource) {
    auto const identifier = [](std::string_view name, std::string const& value, bool unique) {
        return Json{
            {"identifierType",
             {{"name", name}, {"dataType", "STRING"}, {"isPartOfUniqueness", unique}}},
            {"value", value}};
    };
    auto const& inventory = vrops.inventory();
    auto const& name = inventory.name_of(resource.entity);
    return Json{
        {"identifier", resource.id},
        {"creationTime", 1'768'464'000'000},
        {"resourceKey",
         {{"name", name},
          {"adapterKindKey", "VMWARE"},
          {"resourceKindKey", "HostSystem"},
          {"resourceIdentifiers",
           Json::array(
               {identifier("VMEntityName", name, false),
                identifier("VMEntityObjectID", resource.entity, true),
                identifier("VMEntityVCID", inventory.instance_uuid, true)})}}},
        {"resourceStatusStates", Json::array({Json{
                                     {"adapterInstanceId", inventory.instance_uuid},
                                     {"resourceStatus", "DATA_RECEIVING"},
                                     {"resourceState", vrops.state_of(resource)},
                                     {"statusMessage", ""}}})},
        {"resourceHealth", "GREEN"},
        {"resourceHealthValue", 100.0}};
}

HttpResponse VropsApi::answer(HttpRequest const& request, SystemTime now) {
    if (world_.faults.take(FaultKind::vrops_unavailable, now)) {
        return error_response(503, 503, "The service is not available.");
    }
    world_.vrops.advance(now);
    auto const path = std::string_view(request.path).substr(base.size());
    if (path == "/api/auth/token/acquire") {
        if (request.method != "POST")
            return empty_response(405);
        return acquire(request, now);
    }
    if (!world_.vrops.is_valid(token_of(request), now)) {
        return error_response(
            401, 1512, "The provided token is not valid or has expired. Acquire a new one.");
    }
    if (path == "/api/auth/token/release") {
        world_.vrops.release(token_of(request));
        return empty_response(200);
    }
    return with_token(request, path, now);
}

HttpResponse VropsApi::with_token(
    HttpRequest const& request, std::string_view path, SystemTime now) {
    if (path == "/api/versions/current") {
        return json_response(200, Json{{"releaseName", "VMware Aria Operations 8.14"}});
    }
    if (!path.starts_with(resources_path))
        return error_response(404, 404, "Not found.");
    path.remove_prefix(resources_path.size());
    if (path.empty())
        return request.method == "GET" ? list(request) : empty_response(405);
    if (path == maintained)
        return maintain(request, query_values(request, "id"), now);
    if (path.front() != '/')
        return error_response(404, 404, "Not found.");
    path.remove_prefix(1);
    auto const slash = std::min(path.find('/'), path.size());
    auto const id = path.substr(0, slash);
    if (path.substr(slash) == maintained)
        return maintain(request, {std::string(id)}, now);
    if (slash < path.size())
        return error_response(404, 404, "Not found.");
    return request.method == "GET" ? one(id) : empty_response(405);
}

HttpResponse VropsApi::acquire(HttpRequest const& request, SystemTime now) {
    auto const body = parse_json(request.body);
    if (!body || !body->is_object())
        return error_response(400, 400, "The body is no JSON object.");
    bool const known = string_at(*body, "username") == world_.options.vrops_user_name &&
                       world_.options.password.matches(string_at(*body, "password"));
    if (!known) {
        return error_response(
            401, 1512, "The provided username/password or token is not valid. Please try again.");
    }
    auto const token = world_.vrops.acquire_token(now, world_.options.vrops_token_validity);
    auto const expires = std::chrono::floor<milliseconds>(token.expires.time_since_epoch());
    return json_response(
        200, Json{
                 {"token", token.text},
                 {"validity", expires.count()},
                 {"expiresAt", format_rfc3339(token.expires)},
                 {"roles", Json::array()}});
}

HttpResponse VropsApi::list(HttpRequest const& request) {
    Vrops::Query query;
    query.names = query_values(request, "name");
    query.regexes = query_values(request, "regex");
    query.ids = query_values(request, "resourceId");
    query.adapter_kind = request.query_value("adapterKind");
    query.resource_kind = request.query_value("resourceKind");
    auto const page = number_parameter(request, "page");
    auto const size = number_parameter(request, "pageSize");
    auto const found = world_.vrops.find(query);
    if (!page)
        return error_response(400, 400, page.error().detail);
    if (!size)
        return error_response(400, 400, size.error().detail);
    if (!found)
        return error_response(400, 400, found.error().detail);
    auto const page_size = std::clamp<std::int64_t>(size->value_or(page_size_default), 1, 10'000);
    auto const page_number = std::min<std::int64_t>(page->value_or(0), 1'000'000);
    Json resources = Json::array();
    auto const count = static_cast<std::int64_t>(found->size());
    for (auto i = page_number * page_size; i < std::min(count, (page_number + 1) * page_size);
         ++i) {
        resources.push_back(
            vrops_resource_json(world_.vrops, *found->at(static_cast<std::size_t>(i))));
    }
    return json_response(
        200, Json{
                 {"pageInfo",
                  {{"totalCount", count},
                   {"page", page_number},
                   {"pageSize", page_size},
                   {"sortBy", "NAME"},
                   {"sortOrder", "ASC"}}},
                 {"links", Json::array()},
                 {"resourceList", std::move(resources)}});
}

HttpResponse VropsApi::one(std::string_view id) {
    auto const* resource = world_.vrops.find_id(id);
    if (!resource) {
        return error_response(404, 404, "No such Resource - " + std::string(id) + ".");
    }
    return json_response(200, vrops_resource_json(world_.vrops, *resource));
}

HttpResponse VropsApi::maintain(
    HttpRequest const& request, std::vector<std::string> const& ids, SystemTime now) {
    if (request.method != "PUT" && request.method != "DELETE")
        return empty_response(405);
    if (ids.empty())
        return error_response(400, 400, "At least one id is needed.");
    auto const until = maintenance_end(request, now);
    if (!until)
        return error_response(400, 400, until.error().detail);
    auto const done = request.method == "PUT" ? world_.vrops.mark(ids, *until, now)
                                              : world_.vrops.unmark(ids, now);
    if (!done)
        return error_response(404, 404, done.error().detail);
    return empty_response(200);
}

}  // namespace millrace::simulator
