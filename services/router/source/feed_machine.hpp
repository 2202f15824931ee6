// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/base/telemetry.hpp"
#include "router/checkpoint/checkpoint_keeper.hpp"
#include "router/delivery/delivery_machine.hpp"
#include "router/source/dead_letter_file.hpp"
#include "router/source/source_report.hpp"

namespace millrace::router {

struct FeedOptions {
    std::string name;  ///< of the source, in logs and metrics
    /// Request line and Host, each ended by "\r\n": what a request to the sink begins with.
    std::string request_head;
    DeliveryLimits delivery;
    /// Fewer events than this are pending before more are read. Two pages at most are held: one
    /// being delivered, one waiting.
    std::size_t room = 500;
    /// More may be pending if the rest waits on lanes that are stuck: what else there is shows
    /// whether the fault is the sink's or an event's.
    std::size_t pending_max = 4'000;
};

/// What every kind of source has in common, as a machine: which events were seen, which lane sends
/// what, when the checkpoint is written and what was counted. No socket, no thread and no clock of
/// its own; its disk is a DataFolder. SourceFeed performs it, the simulation proves it.
class FeedMachine {
public:
    /// Throws StartupError if the checkpoint cannot be opened. `folder` and `telemetry` outlive it.
    FeedMachine(FeedOptions options, DataFolder& folder, Telemetry& telemetry);

    /// Takes an event that was read, unless it was before: `make_event` (EventEncoding ->
    /// OutboundEvent) is asked for it only then. The lane that has it now; nothing for a duplicate.
    template <class MakeEvent>
    std::optional<std::size_t> take(std::int32_t key, SystemTime created, MakeEvent make_event) {
        auto const position = begin(key, created);
        if (!position)
            return std::nullopt;
        return delivery_.submit(*position, make_event(delivery_.encoding()));
    }
    /// An event that was read but can be made no message of: counted, once for each key.
    void leave_out(std::optional<std::int32_t> key, SystemTime created);

    /// Whether more may be read.
    bool has_room() const;
    bool is_drained() const { return delivery_.pending() == 0; }

    LaneStep next(std::size_t lane, SteadyTime now) { return delivery_.next(lane, now); }
    void answered(std::size_t lane, SinkAnswer const& answer, Moment const& moment);
    void unanswered(std::size_t lane, std::string const& reason, Moment const& moment);
    /// Lanes to ask for their next() step, if they rest, after a result.
    std::vector<std::size_t> take_woken() { return delivery_.take_woken(); }
    void abandon(std::size_t lane) { delivery_.abandon(lane); }
    std::size_t lanes() const { return delivery_.lanes(); }

    CheckpointKeeper& keeper() { return keeper_; }
    CheckpointFile& checkpoint_file() { return file_; }
    DeliveryWindow const& window() const { return window_; }
    bool checkpoint_was_damaged() const { return file_.was_damaged(); }

    /// A new collector begins at window().resume_time().
    void reading_restarts() { window_.reading_restarts(); }
    /// Begins a history: of a new source, or of one that was replaced. Pre: is_drained().
    void restart(std::string instance_uuid, SystemTime begin);
    /// For the report: what came of a checkpoint that was not there as it should be.
    void note_checkpoint(std::string note) { checkpoint_note_ = std::move(note); }

    /// What stands in the way of delivery, dead letters or the checkpoint; empty: nothing.
    std::string const& problem() const;
    /// All but the reader's own: state, api_version, logins, and `problem` of the reader.
    SourceReport report(SteadyTime now) const;

private:
    std::optional<std::uint64_t> begin(std::int32_t key, SystemTime created);
    void act_on(std::size_t lane, AttemptResult const& result, Moment const& moment);
    void bury(std::size_t lane, Refused const& refused, Moment const& moment);
    void settle(Settled const& settled);

    FeedOptions options_;
    CheckpointFile file_;
    DeliveryWindow window_;
    CheckpointKeeper keeper_;
    DeliveryMachine delivery_;
    DeadLetterFile dead_letters_;
    std::string dead_letter_problem_;
    std::string checkpoint_note_;
    SystemTime last_event_time_;
    std::optional<milliseconds> lag_;
    std::uint64_t duplicates_ = 0;
    Counter& received_;
    Counter& delivered_;
    Counter& dead_lettered_;
    Counter& unreadable_;
};

}  // namespace millrace::router
