// SPDX-License-Identifier: Apache-2.0
#include "broker/log/event_log.hpp"

#include <algorithm>
#include <charconv>

#include "common/base/file.hpp"
#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

constexpr std::size_t older_open_max = 4;

std::vector<std::uint32_t> numbers_in(std::filesystem::path const& folder) {
    std::vector<std::uint32_t> numbers;
    std::error_code code;
    for (auto const& entry : std::filesystem::directory_iterator(folder, code)) {
        std::string const name = entry.path().stem().string();
        std::uint32_t number = 0;
        auto const [end, fault] = std::from_chars(name.data(), name.data() + name.size(), number);
        bool const is_number = fault == std::errc{} && end == name.data() + name.size();
        if (is_number && entry.path().extension() == ".db")
            numbers.push_back(number);
    }
    std::ranges::sort(numbers);
    return numbers;
}

std::int64_t bytes_of(SegmentInfo const& info) {
    std::filesystem::path log = info.file;
    log += "-wal";
    std::int64_t bytes = 0;
    for (std::filesystem::path const& file : {info.file, log, info.index_file}) {
        std::error_code missing;
        auto const size = std::filesystem::file_size(file, missing);
        bytes += missing ? 0 : static_cast<std::int64_t>(size);
    }
    return bytes;
}

void remove_segment_files(SegmentInfo const& info) {
    for (std::filesystem::path const& file : {info.file, info.index_file})
        for (char const* suffix : {"", "-wal", "-shm"}) {
            std::filesystem::path whole = file;
            whole += suffix;
            std::error_code ignored;
            std::filesystem::remove(whole, ignored);
        }
}

}  // namespace

EventLog::EventLog(EventLogOptions options, SegmentDirectory& directory)
    : options_(std::move(options)),
      directory_(directory) {
    if (auto made = make_directories(options_.folder, 0700); !made)
        throw StartupError(made.error().detail);
    open_existing();
    if (!active_) {
        auto first = segment_info(options_.folder, 1);
        if (auto opened = open_active(std::move(first)); !opened)
            throw StartupError(opened.error().detail);
    }
    publish();
}

void EventLog::open_existing() {
    auto const numbers = numbers_in(options_.folder);
    for (std::uint32_t const number : numbers) {
        SegmentInfo info = segment_info(options_.folder, number);
        info.first_seq = next_seq_;
        auto segment = Segment::open(
            info,
            number == numbers.back() ? Database::Sync::every_commit : Database::Sync::checkpoints);
        if (!segment)
            throw StartupError(
                segment.error().detail + " Move the file away to start without its events.");
        infos_.push_back(segment->info());
        next_seq_ = std::max(segment->info().first_seq, segment->last_seq() + 1);
        next_verdict_id_ = std::max(next_verdict_id_, segment->verdict_id_max() + 1);
        last_received_at_ = std::max(last_received_at_, segment->last_received_at());
        if (number == numbers.back()) {
            active_bytes_ = bytes_of(segment->info());
            active_ = std::make_unique<Segment>(std::move(*segment));
        }
    }
}

Result<void> EventLog::open_active(SegmentInfo info) {
    info.first_seq = next_seq_;
    auto segment = Segment::open(std::move(info), Database::Sync::every_commit);
    if (!segment)
        return std::unexpected(segment.error());
    infos_.push_back(segment->info());
    active_ = std::make_unique<Segment>(std::move(*segment));
    active_bytes_ = 0;
    return {};
}

void EventLog::publish() {
    directory_.publish(infos_);
}

Result<void> EventLog::commit(
    std::span<std::shared_ptr<StoredEvent> const> events, std::span<DeliveryRecord const> records) {
    // The newest segment's records share the events' transaction, hence its one fsync.
    std::vector<DeliveryRecord> recent;
    std::vector<DeliveryRecord> older;
    for (DeliveryRecord const& record : records)
        (record.seq >= active_->info().first_seq ? recent : older).push_back(record);
    if (!events.empty() || !recent.empty())
        if (auto done = commit_to_active(events, recent); !done)
            return done;
    return commit_to_older(older);
}

Result<void> EventLog::commit_to_active(
    std::span<std::shared_ptr<StoredEvent> const> events, std::span<DeliveryRecord const> records) {
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
    return {};
}

Result<void> EventLog::commit_to_older(std::span<DeliveryRecord const> records) {
    Segment* open = nullptr;
    for (DeliveryRecord const& record : records) {
        auto segment = older_segment(record.seq);
        if (!segment)
            return std::unexpected(segment.error());
        if (*segment != open && open != nullptr)
            if (auto done = open->commit(); !done)
                return done;
        if (*segment != nullptr && *segment != open)
            if (auto done = (*segment)->begin(); !done)
                return done;
        open = *segment;
        if (open == nullptr)
            continue;
        if (auto done = open->put_delivery(record); !done) {
            open->roll_back();
            return done;
        }
    }
    return open == nullptr ? Result<void>{} : open->commit();
}

Result<Segment*> EventLog::older_segment(std::int64_t seq) {
    auto const after = std::ranges::upper_bound(infos_, seq, {}, &SegmentInfo::first_seq);
    if (after == infos_.begin())
        return nullptr;
    SegmentInfo const& info = *std::prev(after);
    auto const found = std::ranges::find(
        older_, info.number, [](Segment const& segment) { return segment.info().number; });
    if (found != older_.end()) {
        older_.splice(older_.begin(), older_, found);
        return &older_.front();
    }
    auto opened = Segment::open(info, Database::Sync::checkpoints);
    if (!opened)
        return std::unexpected(opened.error());
    older_.push_front(std::move(*opened));
    if (older_.size() > older_open_max)
        older_.pop_back();
    return &older_.front();
}

Result<void> EventLog::roll_if_full() {
    std::int64_t const events = next_seq_ - active_->info().first_seq;
    if (events < options_.segment_events_max && active_bytes_ < options_.segment_bytes_max)
        return {};
    active_->checkpoint();
    auto former = std::move(active_);
    auto opened = open_active(segment_info(options_.folder, former->info().number + 1));
    if (!opened) {
        active_ = std::move(former);
        return opened;
    }
    infos_[infos_.size() - 2].last_received_at = former->last_received_at();
    publish();
    return {};
}

void EventLog::apply_retention(std::int64_t low_water, SystemTime now) {
    std::vector<SegmentUse> uses;
    for (std::size_t i = 0; i < infos_.size(); ++i) {
        bool const is_active = i + 1 == infos_.size();
        uses.push_back(
            {.last_seq = is_active ? next_seq_ - 1 : infos_[i + 1].first_seq - 1,
             .last_received_at = is_active ? now : infos_[i].last_received_at,
             .bytes = bytes_of(infos_[i])});
    }
    drop_oldest(segments_to_drop(uses, options_.retention, low_water, now));
}

void EventLog::drop_oldest(std::size_t count) {
    if (count == 0)
        return;
    SegmentList const dropped(infos_.begin(), infos_.begin() + static_cast<std::ptrdiff_t>(count));
    infos_.erase(infos_.begin(), infos_.begin() + static_cast<std::ptrdiff_t>(count));
    publish();
    for (SegmentInfo const& info : dropped) {
        older_.remove_if(
            [&](Segment const& segment) { return segment.info().number == info.number; });
        remove_segment_files(info);
        log::info("Old events dropped.", {{"file", info.file.string()}, {"first", info.first_seq}});
    }
}

std::int64_t EventLog::bytes_on_disk() const {
    std::int64_t bytes = 0;
    for (SegmentInfo const& info : infos_)
        bytes += bytes_of(info);
    return bytes;
}

}  // namespace millrace::broker
