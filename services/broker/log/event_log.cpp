// SPDX-License-Identifier: Apache-2.0
#include "broker/log/event_log.hpp"

#include <algorithm>

#include "common/base/file.hpp"
#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

constexpr std::size_t older_open_max = 4;

std::filesystem::path made(std::filesystem::path folder) {
    if (auto done = make_directories(folder, 0700); !done)
        throw StartupError(done.error().detail);
    return folder;
}

std::string events_text(std::int64_t first, std::int64_t last) {
    return first == last
               ? "Event " + std::to_string(first) + " is"
               : "Events " + std::to_string(first) + " to " + std::to_string(last) + " are";
}

/// Why the log cannot be opened, with what to do about it.
std::string startup_text(Error const& error) {
    if (error.code == ErrorCode::conflict)
        return error.detail + " Files of the log have changed places: give them their names back.";
    return error.detail + " See that the broker may read and write it and that the disk is well.";
}

}  // namespace

EventLog::EventLog(EventLogOptions options, SegmentDirectory& directory)
    : options_(std::move(options)),
      directory_(directory),
      state_file_(made(options_.folder) / "log.state"),
      opened_at_(options_.clock()) {
    auto const state = read_state();
    open_existing(state);
    if (!active_)
        if (auto opened = open_active(segment_info(options_.folder, ++newest_number_)); !opened)
            throw StartupError(startup_text(opened.error()));
    if (auto written = keep_state(); !written)
        log::warn("The log's state cannot be written.", {{"error", written.error().detail}});
    for (LogDamage const& damage : damages_)
        log::error(
            "The event log is damaged; the rest of it is in use.", {{"problem", damage.problem}});
    publish();
}

std::optional<LogState> EventLog::read_state() {
    auto state = state_file_.read();
    if (!state && state.error().code != ErrorCode::damaged)
        throw StartupError(startup_text(state.error()));
    bool const has_log = !segment_numbers(options_.folder).empty();
    std::filesystem::path const file = options_.folder / "log.state";
    if (!state || (!state->has_value() && has_log))
        damages_.push_back(
            {.file = file,
             .problem = file.string() + (state ? " is missing or empty" : " is damaged") +
                        ": whether newest or oldest events are missing cannot be told this time. "
                        "It is written anew."});
    if (!state)
        return std::nullopt;
    if (*state) {
        age_at_open_ = (*state)->age;
        noted_seq_ = (*state)->newest_seq;
    }
    return *state;
}

void EventLog::tell_gap(
    std::filesystem::path const& file, std::string const& problem, std::int64_t first,
    std::int64_t last) {
    damages_.push_back(
        {.file = file,
         .problem = events_text(first, last) + " missing: " + problem +
                    " Put it back from a copy and start again, or go on without.",
         .first_seq = first,
         .last_seq = last});
}

void EventLog::open_existing(std::optional<LogState> const& state) {
    auto const numbers = segment_numbers(options_.folder);
    if (state)
        next_seq_ = state->oldest_seq;
    for (std::uint32_t const number : numbers) {
        newest_number_ = number;
        bool const is_newest = number == numbers.back();
        if (is_newest && state && state->newest_seq < next_seq_ && drop_unfinished(number))
            continue;
        open_one(number, is_newest, state.has_value());
    }
    if (!state || state->newest_seq < next_seq_)
        return;
    std::filesystem::path newest =
        numbers.empty() ? options_.folder : segment_info(options_.folder, numbers.back()).file;
    tell_gap(
        newest,
        "the newest file of " + options_.folder.string() + ", or the -wal of " + newest.string() +
            ", was deleted, cut or damaged.",
        next_seq_, state->newest_seq);
    // Their numbers are not used again, and a segment has no gap inside.
    next_seq_ = state->newest_seq + 1;
    active_.reset();
}

bool EventLog::drop_unfinished(std::uint32_t number) {
    SegmentInfo const info = segment_info(options_.folder, number);
    std::error_code fault;
    if (std::filesystem::file_size(info.file, fault) != 0 || fault)
        return false;
    remove_segment_files(info);
    --newest_number_;
    return true;
}

void EventLog::open_one(std::uint32_t number, bool is_newest, bool is_begin_known) {
    SegmentInfo info = segment_info(options_.folder, number);
    info.first_seq = next_seq_;
    auto segment = Segment::open(
        info, is_newest ? Database::Sync::every_commit : Database::Sync::checkpoints,
        Segment::Open::existing);
    if (!segment && segment.error().code == ErrorCode::damaged)
        return set_aside(info, segment.error());
    if (!segment)
        throw StartupError(startup_text(segment.error()));
    std::int64_t const first = segment->info().first_seq;
    if (first < next_seq_ && !infos_.empty())
        throw StartupError(
            segment->info().file.string() + " begins with event " + std::to_string(first) +
            ", which the file before it has, too. Take the one that is a copy away.");
    if (first > next_seq_ && (is_begin_known || !infos_.empty()))
        tell_gap(
            segment->info().file,
            "the file before " + segment->info().file.string() + " was deleted, cut or damaged.",
            next_seq_, first - 1);
    infos_.push_back(segment->info());
    next_seq_ = std::max(first, segment->last_seq() + 1);
    next_version_id_ = std::max(next_version_id_, segment->version_id_max() + 1);
    next_set_id_ = std::max(next_set_id_, segment->set_id_max() + 1);
    last_received_at_ = std::max(last_received_at_, segment->last_received_at());
    if (is_newest) {
        is_confirmed_ = segment->move_write_ahead_log().has_value();
        active_bytes_ = bytes_of(segment->info());
        active_ = std::make_unique<Segment>(std::move(*segment));
    }
}

void EventLog::set_aside(SegmentInfo const& info, Error const& error) {
    auto const aside = set_segment_aside(info);
    if (!aside)
        throw StartupError(error.detail + " " + startup_text(aside.error()));
    damages_.push_back(
        {.file = info.file,
         .problem = error.detail + " It was renamed to " + aside->string() +
                    "; what can be saved of it can be read with sqlite3."});
}

Result<void> EventLog::open_active(SegmentInfo info) {
    info.first_seq = next_seq_;
    std::error_code ignored;
    bool const is_new = !std::filesystem::exists(info.file, ignored);
    auto segment = Segment::open(info, Database::Sync::every_commit, Segment::Open::create);
    if (!segment) {
        // Begun anew next time: after a sync that failed nothing in it is certain.
        if (is_new)
            remove_segment_files(info);
        return std::unexpected(segment.error());
    }
    infos_.push_back(segment->info());
    active_ = std::make_unique<Segment>(std::move(*segment));
    active_bytes_ = 0;
    is_confirmed_ = true;
    return {};
}

void EventLog::publish() {
    directory_.publish(infos_);
}

Result<void> EventLog::write_state() {
    std::int64_t const newest = is_confirmed_ ? next_seq_ - 1 : noted_seq_;
    auto const written = state_file_.write(
        {.oldest_seq = infos_.front().first_seq, .newest_seq = newest, .age = age()});
    if (written)
        noted_seq_ = newest;
    return written;
}

Result<void> EventLog::keep_state() {
    auto const written = write_state();
    return written ? state_file_.sync() : written;
}

Result<void> EventLog::confirm() {
    if (is_confirmed_)
        return {};
    auto moved = active_->move_write_ahead_log();
    is_confirmed_ = moved.has_value();
    return moved;
}

Result<void> EventLog::check_room() const {
    if (options_.free_bytes_min == 0)
        return {};
    auto room = check_free_space(
        options_.folder, options_.free_bytes(options_.folder), options_.free_bytes_min);
    if (!room)
        return failure(
            room.error().code, room.error().detail + " Make room on it; it goes on by itself.");
    return room;
}

Result<void> EventLog::append(
    std::span<std::shared_ptr<StoredEvent> const> events, std::span<DeliveryRecord const> records) {
    if (auto confirmed = confirm(); !confirmed)
        return confirmed;
    Result<void> done = active_->begin();
    std::int64_t seq = next_seq_;
    SystemTime received_at = last_received_at_;
    std::int64_t bytes = 0;
    for (auto const& event : events) {
        if (!done)
            break;
        received_at = std::max(received_at, event->received_at);
        event->seq = seq++;
        event->received_at = received_at;
        bytes += static_cast<std::int64_t>(event->memory_bytes);
        done = active_->insert(*event);
    }
    for (DeliveryRecord const& record : records) {
        if (!done)
            break;
        done = active_->put_delivery(record);
    }
    if (done)
        done = active_->commit();
    if (!done) {
        active_->roll_back();
        for (auto const& event : events)
            event->seq = 0;
        return done;
    }
    next_seq_ = seq;
    last_received_at_ = received_at;
    active_bytes_ += bytes;
    // The events are on disk whatever becomes of this; it is tried again with the next commit.
    auto const noted = write_state();
    static_cast<void>(noted);
    return {};
}

std::uint32_t EventLog::segment_of(std::int64_t seq) const {
    auto const after = std::ranges::upper_bound(infos_, seq, {}, &SegmentInfo::first_seq);
    return after == infos_.begin() ? 0 : std::prev(after)->number;
}

Result<void> EventLog::amend(std::span<DeliveryRecord const> records) {
    std::uint32_t const number = records.empty() ? 0 : segment_of(records.front().seq);
    auto const info = std::ranges::find(infos_, number, &SegmentInfo::number);
    if (info == infos_.end())
        return {};
    auto const segment = older_segment(*info);
    if (!segment)
        return std::unexpected(segment.error());
    Result<void> done = (*segment)->begin();
    for (DeliveryRecord const& record : records)
        if (done)
            done = (*segment)->put_delivery(record);
    if (done)
        done = (*segment)->commit();
    if (!done) {
        (*segment)->roll_back();
        // Opened anew next time: a connection that failed may remember it.
        older_.pop_front();
    }
    return done;
}

Result<Segment*> EventLog::older_segment(SegmentInfo const& info) {
    auto const found = std::ranges::find(
        older_, info.number, [](Segment const& segment) { return segment.info().number; });
    if (found != older_.end()) {
        older_.splice(older_.begin(), older_, found);
        return &older_.front();
    }
    // Synced as the newest is: cursors saved behind a record must not be all that is left of it.
    auto opened = Segment::open(info, Database::Sync::every_commit, Segment::Open::existing);
    if (!opened)
        return std::unexpected(opened.error());
    if (auto moved = opened->move_write_ahead_log(); !moved)
        return std::unexpected(moved.error());
    older_.push_front(std::move(*opened));
    if (older_.size() > older_open_max)
        older_.pop_back();
    return &older_.front();
}

Result<void> EventLog::roll_if_full() {
    std::int64_t const events = next_seq_ - active_->info().first_seq;
    if (events < options_.segment_events_max && active_bytes_ < options_.segment_bytes_max)
        return {};
    if (auto confirmed = confirm(); !confirmed)
        return confirmed;
    active_->close(age());
    auto former = std::move(active_);
    auto opened = open_active(segment_info(options_.folder, newest_number_ + 1));
    if (!opened) {
        active_ = std::move(former);
        return opened;
    }
    ++newest_number_;
    infos_[infos_.size() - 2].closed_at_age = former->info().closed_at_age;
    publish();
    return {};
}

Result<void> EventLog::apply_retention(std::int64_t low_water) {
    nanoseconds const now = age();
    std::vector<SegmentUse> uses;
    for (std::size_t i = 0; i < infos_.size(); ++i) {
        bool const is_active = i + 1 == infos_.size();
        bool const is_noted = !is_active && infos_[i].closed_at_age > 0ns;
        if (!is_active && !is_noted)
            infos_[i].closed_at_age = now;
        uses.push_back(
            {.last_seq = is_active ? next_seq_ - 1 : infos_[i + 1].first_seq - 1,
             .age = is_active ? 0ns : now - infos_[i].closed_at_age,
             .bytes = bytes_of(infos_[i])});
    }
    auto const dropped = drop_oldest(segments_to_drop(uses, options_.retention, low_water));
    return dropped ? write_state() : dropped;
}

Result<void> EventLog::drop_oldest(std::size_t count) {
    if (count == 0)
        return {};
    auto const kept = infos_.begin() + static_cast<std::ptrdiff_t>(count);
    SegmentList const dropped(infos_.begin(), kept);
    infos_.erase(infos_.begin(), kept);
    // First what is remembered, then the files: a crash between leaves files too many, not a gap.
    if (auto noted = keep_state(); !noted) {
        infos_.insert(infos_.begin(), dropped.begin(), dropped.end());
        return noted;
    }
    publish();
    for (SegmentInfo const& info : dropped) {
        older_.remove_if(
            [&](Segment const& segment) { return segment.info().number == info.number; });
        remove_segment_files(info);
        log::info("Old events dropped.", {{"file", info.file.string()}, {"first", info.first_seq}});
    }
    return {};
}

std::int64_t EventLog::bytes_on_disk() const {
    std::int64_t bytes = 0;
    for (SegmentInfo const& info : infos_)
        bytes += bytes_of(info);
    return bytes;
}

}  // namespace millrace::broker
