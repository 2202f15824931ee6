// SPDX-License-Identifier: Apache-2.0
#include "common/base/json.hpp"

namespace millrace {

Result<Json> parse_json(std::string_view text) {
    // The library takes a zero byte for the end and would pass over what stands behind it.
    if (auto const zero = text.find('\0'); zero != std::string_view::npos)
        return failure(
            ErrorCode::invalid, "Not valid JSON at byte " + std::to_string(zero + 1) + ".");
    bool too_deep = false;
    auto const watch_depth = [&too_deep](int depth, Json::parse_event_t event, Json&) {
        bool const opens =
            event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
        if (depth + (opens ? 1 : 0) > json_depth_max)
            too_deep = true;
        return !too_deep;
    };
    try {
        Json value = Json::parse(text, watch_depth);
        if (too_deep)
            return failure(ErrorCode::invalid, "JSON is nested deeper than 64 levels.");
        return value;
    } catch (Json::parse_error const& error) {
        if (too_deep)
            return failure(ErrorCode::invalid, "JSON is nested deeper than 64 levels.");
        return failure(
            ErrorCode::invalid, "Not valid JSON at byte " + std::to_string(error.byte) + ".");
    } catch (Json::out_of_range const&) {
        return failure(ErrorCode::invalid, "A number in the JSON is out of range.");
    }
}

std::string dump_json(Json const& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string dump_json_pretty(Json const& value) {
    return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json const* find_json(Json const& value, std::string_view path) {
    Json const* at = &value;
    while (!path.empty()) {
        auto const slash = path.find('/');
        std::string_view const key = path.substr(0, slash);
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
        if (!at->is_object())
            return nullptr;
        auto const found = at->find(key);
        if (found == at->end())
            return nullptr;
        at = &*found;
    }
    return at;
}

std::string string_at(Json const& value, std::string_view path, std::string fallback) {
    Json const* found = find_json(value, path);
    if (found == nullptr || !found->is_string())
        return fallback;
    return *found->get_ptr<Json::string_t const*>();
}

std::optional<std::int64_t> integer_at(Json const& value, std::string_view path) {
    Json const* found = find_json(value, path);
    if (found == nullptr || !found->is_number_integer())
        return std::nullopt;
    if (found->is_number_unsigned() &&
        *found->get_ptr<std::uint64_t const*>() > std::uint64_t{INT64_MAX})
        return std::nullopt;
    return found->get<std::int64_t>();
}

std::optional<double> number_at(Json const& value, std::string_view path) {
    Json const* found = find_json(value, path);
    if (found == nullptr || !found->is_number())
        return std::nullopt;
    return found->get<double>();
}

bool bool_at(Json const& value, std::string_view path, bool fallback) {
    Json const* found = find_json(value, path);
    if (found == nullptr || !found->is_boolean())
        return fallback;
    return found->get<bool>();
}

void JsonReader::fault(std::string_view path, std::string problem) {
    // One JSON pointer, where `place` names a part of the document already: "Trigger x /spec".
    bool const has_pointer = place_.contains(" /");
    std::string place = place_;
    if (!path.empty())
        place.append(has_pointer ? "/" : " /").append(path);
    faults_.push_back({std::move(place), std::move(problem)});
}

std::string JsonReader::required_string(std::string_view path) {
    Json const* found = find_json(value_, path);
    if (found == nullptr) {
        fault(path, "is required.");
    } else if (!found->is_string()) {
        fault(path, "must be a string.");
    } else if (found->get_ptr<Json::string_t const*>()->empty()) {
        fault(path, "must not be empty.");
    } else {
        return *found->get_ptr<Json::string_t const*>();
    }
    return {};
}

std::string JsonReader::optional_string(std::string_view path, std::string fallback) {
    Json const* found = find_json(value_, path);
    if (found == nullptr || found->is_null())
        return fallback;
    if (!found->is_string()) {
        fault(path, "must be a string.");
        return fallback;
    }
    return *found->get_ptr<Json::string_t const*>();
}

std::int64_t JsonReader::optional_integer(
    std::string_view path, std::int64_t fallback, std::int64_t low, std::int64_t high) {
    Json const* found = find_json(value_, path);
    if (found == nullptr || found->is_null())
        return fallback;
    auto const number = integer_at(value_, path);
    if (!number || *number < low || *number > high) {
        fault(
            path, "must be a whole number from " + std::to_string(low) + " to " +
                      std::to_string(high) + ", not " + dump_json(*found) + ".");
        return fallback;
    }
    return *number;
}

bool JsonReader::optional_bool(std::string_view path, bool fallback) {
    Json const* found = find_json(value_, path);
    if (found == nullptr || found->is_null())
        return fallback;
    if (!found->is_boolean()) {
        fault(path, "must be true or false, not " + dump_json(*found) + ".");
        return fallback;
    }
    return found->get<bool>();
}

Json const* JsonReader::optional_array(std::string_view path) {
    Json const* found = find_json(value_, path);
    if (found == nullptr || found->is_null())
        return nullptr;
    if (!found->is_array()) {
        fault(path, "must be a list.");
        return nullptr;
    }
    return found;
}

Json const* JsonReader::optional_object(std::string_view path) {
    Json const* found = find_json(value_, path);
    if (found == nullptr || found->is_null())
        return nullptr;
    if (!found->is_object()) {
        fault(path, "must be a mapping.");
        return nullptr;
    }
    return found;
}

}  // namespace millrace
