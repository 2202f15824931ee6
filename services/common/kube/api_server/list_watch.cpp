// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/list_watch.hpp"

#include <utility>

#include "common/kube/api_server/api_answer.hpp"

namespace millrace {

/// Items of a list do not say their kind.
Resource ListWatch::completed(Json object) const {
    if (!object.contains("kind")) {
        object["apiVersion"] = kind_.api_version();
        object["kind"] = kind_.kind;
    }
    return {std::move(object)};
}

ResourceName ListWatch::tell(Json object) {
    Resource resource = completed(std::move(object));
    ResourceName name = resource.name();
    // Never of passing trouble: what the server sends has been read.
    static_cast<void>(told_.update(name, std::move(resource)));
    return name;
}

void ListWatch::list_again() {
    is_listing_ = true;
    continue_.clear();
    listed_.clear();
}

Result<void> ListWatch::gone() {
    list_again();
    if (std::exchange(was_gone_, true))
        return failure(
            ErrorCode::unavailable,
            kind_.folder() + ": the API server does not keep the version that it has just told.");
    return {};
}

Result<void> ListWatch::take_page(Json page) {
    std::string version = string_at(page, "metadata/resourceVersion");
    Json const* items = find_json(page, "items");
    if (version.empty() || items == nullptr || !items->is_array()) {
        list_again();
        return failure(
            ErrorCode::unavailable, kind_.folder() + ": the answer is no list of objects.");
    }
    continue_ = string_at(page, "metadata/continue");
    for (Json& item : page["items"])
        listed_.push_back(tell(std::move(item)));
    if (!continue_.empty())
        return {};
    told_.keep_only(listed_);
    listed_.clear();
    version_ = std::move(version);
    is_listing_ = false;
    if (!is_synced_)
        told_.add_synced();
    is_synced_ = true;
    return {};
}

Result<void> ListWatch::take_change(std::string const& type, Json object) {
    std::string version = string_at(object, "metadata/resourceVersion");
    if (version.empty())
        return failure(ErrorCode::unavailable, kind_.folder() + ": a change has no version.");
    if (type == "ADDED" || type == "MODIFIED")
        tell(std::move(object));
    else if (type == "DELETED")
        static_cast<void>(told_.update(
            Resource{std::move(object)}.name(),
            std::unexpected(ObjectProblem{.code = ErrorCode::not_found})));
    else if (type != "BOOKMARK")
        return failure(
            ErrorCode::unavailable,
            kind_.folder() + ": the server told a change of the unknown type \"" + type + "\".");
    version_ = std::move(version);
    was_gone_ = false;
    return {};
}

Result<void> ListWatch::take_line(std::string_view line) {
    auto event = parse_json(line);
    Json const* object = event ? find_json(*event, "object") : nullptr;
    std::string const type = event ? string_at(*event, "type") : "";
    Result<void> taken;
    if (object == nullptr || !object->is_object())
        taken =
            failure(ErrorCode::unavailable, kind_.folder() + ": a line of the watch is no change.");
    else if (type != "ERROR")
        taken = take_change(type, std::move((*event)["object"]));
    else if (auto const code = integer_at(*object, "code").value_or(0); code == status_gone)
        taken = gone();
    else
        taken = std::unexpected(
            read_status({.kind = kind_, .name = {}}, static_cast<int>(code), *object));
    // What was missed cannot be known.
    if (!taken)
        list_again();
    return taken;
}

}  // namespace millrace
