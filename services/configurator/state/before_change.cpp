// SPDX-License-Identifier: Apache-2.0
#include "configurator/state/before_change.hpp"

#include "common/base/assert.hpp"

namespace millrace::configurator {
namespace {

Json file_json(Change const& file) {
    if (auto const* const written = std::get_if<WriteFile>(&file))
        return {
            {"path", written->path},
            {"content", written->content.reveal()},
            {"mode", written->mode}};
    MILLRACE_ASSERT(std::holds_alternative<RemoveFile>(file));
    return {{"path", path_of(file)}};
}

std::optional<Change> file_from(Json const& json) {
    std::string path = string_at(json, "path");
    auto const mode = integer_at(json, "mode");
    if (path.empty())
        return std::nullopt;
    if (!json.contains("content"))
        return RemoveFile{std::move(path)};
    if (!mode)
        return std::nullopt;
    return WriteFile{
        std::move(path), Secret(string_at(json, "content")), static_cast<mode_t>(*mode)};
}

}  // namespace

Json to_json(BeforeChange const& before) {
    Json form = Json::object();
    for (auto const& [key, value] : before.form)
        form[key] = value.reveal();
    Json files = Json::array();
    for (Change const& file : before.files)
        files.push_back(file_json(file));
    return {{"form", std::move(form)}, {"files", std::move(files)}, {"steps", before.steps}};
}

std::optional<BeforeChange> before_change_from(Json const& json) {
    Json const* const form = find_json(json, "form");
    Json const* const files = find_json(json, "files");
    Json const* const steps = find_json(json, "steps");
    if (form == nullptr || !form->is_object() || files == nullptr || steps == nullptr)
        return std::nullopt;
    BeforeChange before;
    for (auto const& [key, value] : form->items())
        before.form[key] = Secret(string_at(value, ""));
    for (Json const& one : *files) {
        auto file = file_from(one);
        if (!file)
            return std::nullopt;
        before.files.push_back(std::move(*file));
    }
    for (Json const& step : *steps)
        before.steps.insert(string_at(step, ""));
    return before;
}

}  // namespace millrace::configurator
