// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "common/net/http_client.hpp"
#include "common/net/task_group.hpp"
#include "router/source/feed_machine.hpp"

namespace millrace::router {

/// What a request to the sink begins with: request line and Host.
std::string post_head(Url const& sink);

struct SourceFeedOptions {
    std::string name;  ///< of the source
    Url sink;
    std::filesystem::path data_folder;  ///< of checkpoint and dead letters; exists
    DeliveryLimits delivery;
    milliseconds attempt_timeout = 10s;
    std::size_t room = 500;
    std::function<void()> problem_changed = [] {};  ///< called when report().problem is another
};

/// All of a source but the reading: brings events to the sink, moves the checkpoint behind what the
/// sink took, keeps dead letters. Performs a FeedMachine: a task and a connection for each lane,
/// and a task for the checkpoint. One thread.
class SourceFeed {
public:
    /// Throws StartupError if the checkpoint cannot be opened or the sink's TLS cannot be set up.
    /// `telemetry` outlives the feed.
    SourceFeed(asio::any_io_executor executor, SourceFeedOptions options, Telemetry& telemetry);
    ~SourceFeed();

    void start();
    /// Lets what is in flight finish, for up to 2 s, and writes the checkpoint. What is not settled
    /// by then is read again after the next start.
    Task<void> stop();

    /// As FeedMachine::take; false for a duplicate.
    template <class MakeEvent>
    bool take(std::int32_t key, SystemTime created, MakeEvent make_event) {
        auto const lane = machine().take(key, created, std::move(make_event));
        if (lane)
            wake(*lane);
        return lane.has_value();
    }
    void leave_out(std::optional<std::int32_t> key, SystemTime created);
    bool has_seen(std::int32_t key) const;

    /// Waits until more may be read. Errors: `canceled` when the task is to end.
    Task<Result<void>> wait_for_room();

    /// The instance whose history the checkpoint follows; empty: none yet.
    std::string const& instance() const;
    bool checkpoint_was_damaged() const;
    SystemTime low_water() const;
    /// From where a new collector has to read. Telling `restarting_reading` before it does keeps
    /// what it will show once more from being taken twice.
    SystemTime resume_time() const;
    void restarting_reading();
    /// Begins the history of `instance` at `begin` once all that is pending has been delivered, and
    /// writes that down: only then may it be read, or an end before the first delivery would lose
    /// what lies between (fault F3). `note` is for the report. Errors: `canceled`, `storage`.
    Task<Result<void>> begin_history(std::string instance, SystemTime begin, std::string note);

    /// All but the reader's own.
    SourceReport report() const;

private:
    FeedMachine& machine();
    void wake(std::size_t lane);

    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace millrace::router
