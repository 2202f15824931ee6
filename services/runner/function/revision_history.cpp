// SPDX-License-Identifier: Apache-2.0
#include "runner/function/revision_history.hpp"

#include <algorithm>

#include "common/base/clock.hpp"
#include "common/base/file.hpp"
#include "common/base/log.hpp"

namespace millrace::runner {
namespace {

constexpr std::size_t revisions_kept = 20;
constexpr std::size_t file_bytes_max = 1 << 20;

Json to_json(RevisionRecord const& record, char const* created_name) {
    Json item = Json::object();
    item["name"] = record.name;
    item["code"] = record.code;
    item[created_name] = record.created;
    item["ready"] = record.ready;
    item["problem"] = record.problem;
    return item;
}

}  // namespace

RevisionHistory::RevisionHistory(std::filesystem::path file) : file_(std::move(file)) {
    auto const text = read_file(file_, file_bytes_max);
    if (!text && text.error().code == ErrorCode::not_found)
        return;
    auto const list = text ? parse_json(*text) : Result<Json>(std::unexpected(text.error()));
    if (!list || !list->is_array()) {
        log::warn(
            "The history of revisions cannot be read and begins anew.",
            {{"file", file_.string()}, {"reason", list ? "It is no list." : list.error().detail}});
        return;
    }
    for (Json const& item : *list)
        records_.push_back(
            {string_at(item, "name"), string_at(item, "code"), string_at(item, "created"),
             bool_at(item, "ready", false), string_at(item, "problem")});
}

void RevisionHistory::begin(std::string const& name, std::string const& code) {
    std::erase_if(records_, [&](RevisionRecord const& record) {
        return record.name == name && record.code != code;
    });
    bool const is_known =
        std::ranges::find(records_, name, &RevisionRecord::name) != records_.end();
    if (!is_known)
        records_.push_back({name, code, format_rfc3339(std::chrono::floor<seconds>(system_now()))});
    if (records_.size() > revisions_kept)
        records_.erase(records_.begin());
}

void RevisionHistory::end(std::string const& name, std::string const& problem) {
    auto const record = std::ranges::find(records_, name, &RevisionRecord::name);
    if (record == records_.end())
        return;
    record->ready = record->ready || problem.empty();
    record->problem = problem;
    save();
}

Json RevisionHistory::describe(std::string const& serving) const {
    Json items = Json::array();
    for (RevisionRecord const& record : records_) {
        Json item = to_json(record, "createdAt");
        item["serving"] = record.name == serving;
        items.push_back(std::move(item));
    }
    Json list = Json::object();
    list["items"] = std::move(items);
    return list;
}

void RevisionHistory::save() const {
    Json list = Json::array();
    for (RevisionRecord const& record : records_)
        list.push_back(to_json(record, "created"));
    if (auto const saved = write_file_atomic(file_, dump_json(list), 0600); !saved)
        log::warn("Revisions not saved.", {{"reason", saved.error().detail}});
}

}  // namespace millrace::runner
