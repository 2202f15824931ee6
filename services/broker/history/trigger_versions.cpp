// SPDX-License-Identifier: Apache-2.0
#include "broker/history/trigger_versions.hpp"

#include <algorithm>

#include "broker/log/segment_rows.hpp"
#include "common/base/encoding.hpp"
#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

/// The filter was valid when it was written; one that a later program no longer reads says so.
void parse_filter(TriggerVersion& version) {
    auto const spec = parse_json(version.filter);
    auto filter = spec ? Filter::parse(*spec, version.trigger)
                       : Checked<Filter>(std::unexpected(Faults{{version.trigger, "no JSON"}}));
    if (filter)
        version.parsed = std::move(*filter);
    else
        version.fault = to_sentences(filter.error());
}

}  // namespace

Result<TriggerVersions> TriggerVersions::open(Database& database) {
    TriggerVersions versions;
    auto newer = database.prepare(
        "SELECT id, checksum, trigger, uid, filter, fault FROM versions WHERE id>? ORDER BY id");
    if (!newer)
        return std::unexpected(newer.error());
    auto set = database.prepare("SELECT checksum, members FROM sets WHERE id=?");
    if (!set)
        return std::unexpected(set.error());
    versions.newer_ = std::move(*newer);
    versions.read_set_ = std::move(*set);
    return versions;
}

Result<void> TriggerVersions::load_newer() {
    newer_.reset();
    newer_.bind(1, std::int64_t{loaded_to_});
    for (;;) {
        auto const row = newer_.step();
        if (!row)
            return std::unexpected(row.error());
        if (!*row)
            break;
        TriggerVersion version{
            .id = static_cast<std::uint32_t>(newer_.integer(0)),
            .trigger = std::string(newer_.text(2)),
            .uid = std::string(newer_.text(3)),
            .filter = std::string(newer_.text(4)),
            .fault = std::string(newer_.text(5))};
        loaded_to_ = version.id;
        if (newer_.integer(1) != version_checksum(version)) {
            log::error(
                "A Trigger in the event log is damaged; events it matched are not delivered.",
                {{"version", version.id}, {"reads_as", to_valid_utf8(version.trigger)}});
            continue;
        }
        if (version.fault.empty())
            parse_filter(version);
        auto known = std::make_shared<TriggerVersion const>(std::move(version));
        by_trigger_[known->trigger].push_back(known);
        versions_.emplace(known->id, std::move(known));
    }
    newer_.reset();
    return {};
}

Result<TriggerVersionRef> TriggerVersions::version(std::uint32_t id) {
    if (id > loaded_to_)
        if (auto done = load_newer(); !done)
            return std::unexpected(done.error());
    auto const found = versions_.find(id);
    if (found == versions_.end())
        return failure(
            ErrorCode::damaged, "Trigger version " + std::to_string(id) + " is damaged.");
    return found->second;
}

Result<TriggerSetRef> TriggerVersions::set(std::uint32_t id) {
    if (auto const found = sets_.find(id); found != sets_.end())
        return found->second;
    read_set_.reset();
    auto const row = read_set_.bind(1, std::int64_t{id}).step();
    if (!row)
        return std::unexpected(row.error());
    bool const is_sound = *row && read_set_.integer(0) == set_checksum(id, read_set_.text(1));
    auto const ids = is_sound ? decode_ids(read_set_.text(1))
                              : failure(
                                    ErrorCode::damaged,
                                    "The list of Triggers " + std::to_string(id) + " is damaged.");
    read_set_.reset();
    if (!ids)
        return std::unexpected(ids.error());
    TriggerSet set{.id = id};
    for (std::uint32_t const member : *ids) {
        auto known = version(member);
        if (!known)
            return std::unexpected(known.error());
        set.members.push_back(std::move(*known));
    }
    std::ranges::sort(set.members, {}, [](auto const& member) { return member->trigger; });
    return sets_.emplace(id, std::make_shared<TriggerSet const>(std::move(set))).first->second;
}

Result<std::vector<std::uint32_t>> TriggerVersions::versions_of(
    std::string const& trigger, std::string const& uid) {
    if (auto done = load_newer(); !done)
        return std::unexpected(done.error());
    std::vector<std::uint32_t> ids;
    auto const found = by_trigger_.find(trigger);
    if (found == by_trigger_.end())
        return ids;
    for (TriggerVersionRef const& version : found->second)
        if (is_same_object(version->uid, uid))
            ids.push_back(version->id);
    return ids;
}

}  // namespace millrace::broker
