// SPDX-License-Identifier: Apache-2.0
#include "broker/history/trigger_versions.hpp"

#include <algorithm>
#include <array>

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

/// What is left of a Trigger, or of a list of them, that cannot be read.
TriggerVersionRef unreadable(std::uint32_t id, std::string name) {
    return std::make_shared<TriggerVersion const>(TriggerVersion{
        .id = id,
        .trigger = "unreadable/" + std::move(name),
        .filter = "{}",
        .fault = "What the event log says of it is damaged."});
}

}  // namespace

Result<TriggerVersions> TriggerVersions::open(Database& database) {
    TriggerVersions versions;
    std::array<Database::Wanted, 2> const wanted = {{
        {versions.newer_,
         "SELECT id, checksum, trigger, uid, filter, fault FROM versions WHERE id>? ORDER BY id"},
        {versions.read_set_, "SELECT checksum, members FROM sets WHERE id=?"},
    }};
    if (auto done = database.prepare_all(wanted); !done)
        return std::unexpected(done.error());
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
        if (auto done = load_newer(); !done && done.error().code != ErrorCode::damaged)
            return std::unexpected(done.error());
    auto const found = versions_.find(id);
    return found != versions_.end() ? found->second
                                    : unreadable(id, "trigger-version-" + std::to_string(id));
}

Result<std::vector<std::uint32_t>> TriggerVersions::members_of(std::uint32_t set) {
    read_set_.reset();
    auto const row = read_set_.bind(1, std::int64_t{set}).step();
    if (!row)
        return std::unexpected(row.error());
    bool const is_sound = *row && read_set_.integer(0) == set_checksum(set, read_set_.text(1));
    auto ids = is_sound ? decode_ids(read_set_.text(1))
                        : failure(ErrorCode::damaged, "It is not as it was written, or not there.");
    read_set_.reset();
    return ids;
}

Result<TriggerSetRef> TriggerVersions::set(std::uint32_t id) {
    if (auto const found = sets_.find(id); found != sets_.end())
        return found->second;
    auto const ids = members_of(id);
    if (!ids && ids.error().code != ErrorCode::damaged)
        return std::unexpected(ids.error());
    TriggerSet set{.id = id};
    if (!ids) {
        log::error(
            "A list of the Triggers that were asked cannot be read in the event log.",
            {{"set", id}, {"error", ids.error().detail}});
        set.members.push_back(unreadable(0, "triggers-of-list-" + std::to_string(id)));
    }
    for (std::uint32_t const member : ids.value_or(std::vector<std::uint32_t>())) {
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
