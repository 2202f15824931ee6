// SPDX-License-Identifier: Apache-2.0
#include "common/service/restart_record.hpp"

#include "common/base/file.hpp"

namespace millrace {
namespace {

constexpr std::size_t file_bytes_max = 64 * 1024;

std::filesystem::path file_in(std::filesystem::path const& run_folder) {
    return run_folder / "restarts.json";
}

std::optional<Restarts> parse(Json const& json) {
    Restarts restarts;
    auto const count = integer_at(json, "count");
    if (!count || *count < 0)
        return std::nullopt;
    restarts.count = *count;
    if (std::string const text = string_at(json, "lastAt"); !text.empty()) {
        auto const last = parse_rfc3339(text);
        if (!last)
            return std::nullopt;
        restarts.last = *last;
    }
    return restarts;
}

}  // namespace

Json restart_json(Restarts const& restarts) {
    return Json{
        {"count", restarts.count},
        {"lastAt", restarts.last ? Json(format_rfc3339(*restarts.last)) : Json()}};
}

Result<void> write_restart_record(
    std::filesystem::path const& run_folder, RestartRecord const& record) {
    Json json = Json::object();
    for (auto const& [name, restarts] : record)
        json[name] = restart_json(restarts);
    return write_file_atomic(
        file_in(run_folder), dump_json_pretty(json), 0600, Durability::process);
}

Result<RestartRecord> read_restart_record(std::filesystem::path const& run_folder) {
    auto const text = read_file(file_in(run_folder), file_bytes_max);
    if (!text)
        return std::unexpected(text.error());
    auto const json = parse_json(*text);
    if (!json || !json->is_object())
        return failure(ErrorCode::invalid, "restarts.json is no JSON object.");
    RestartRecord record;
    for (auto const& [name, value] : json->items()) {
        auto const restarts = parse(value);
        if (!restarts)
            return failure(ErrorCode::invalid, "restarts.json: " + name + " has no valid count.");
        record.emplace(name, *restarts);
    }
    return record;
}

}  // namespace millrace
