// SPDX-License-Identifier: Apache-2.0
#include "router/source/source_feed.hpp"

#include <boost/asio/post.hpp>
#include <random>
#include <utility>

#include "common/base/encoding.hpp"
#include "common/net/async_signal.hpp"
#include "common/net/post_lane.hpp"
#include "common/net/worker_thread.hpp"
#include "router/checkpoint/disk_folder.hpp"

namespace millrace::router {
namespace {

constexpr nanoseconds stop_grace = 2s;
/// Waiting for a signal that says when there is something to do.
constexpr nanoseconds forever = std::chrono::hours(24 * 365);

std::optional<TlsContext> tls_for(Url const& sink) {
    if (!sink.tls)
        return std::nullopt;
    auto context = TlsContext::client({});
    if (!context)
        throw StartupError("Sink: " + context.error().detail);
    return std::move(*context);
}

FeedOptions feed_options(SourceFeedOptions const& options) {
    FeedOptions feed;
    feed.name = options.name;
    feed.request_head = post_head(options.sink);
    feed.delivery = options.delivery;
    feed.room = options.room;
    return feed;
}

}  // namespace

std::string post_head(Url const& sink) {
    return "POST " + sink.target + " HTTP/1.1\r\nHost: " + sink.authority() + "\r\n";
}

struct SourceFeed::State {
    State(asio::any_io_executor on, SourceFeedOptions with, Telemetry& telemetry)
        : executor(on),
          options(std::move(with)),
          tls(tls_for(options.sink)),
          folder(options.data_folder),
          machine(feed_options(options), folder, telemetry),
          room_changed(on),
          checkpoint_changed(on),
          lane_ended(on),
          random(random_u64()),
          tasks(on) {
        for (std::size_t i = 0; i < machine.lanes(); ++i)
            woken.push_back(std::make_unique<AsyncSignal>(on));
    }

    asio::any_io_executor executor;
    SourceFeedOptions options;
    std::optional<TlsContext> tls;
    DiskFolder folder;
    FeedMachine machine;
    std::vector<std::unique_ptr<AsyncSignal>> woken;  ///< by lane
    AsyncSignal room_changed;
    AsyncSignal checkpoint_changed;
    AsyncSignal lane_ended;
    std::size_t running_lanes = 0;
    bool stopping = false;
    bool flush_posted = false;
    std::string told_problem;
    std::mt19937_64 random;
    TaskGroup tasks;
    /// fdatasync blocks for milliseconds: it has a thread of its own.
    WorkerThread syncing{executor, 1, "checkpoint"};

    Moment moment() { return {steady_now(), system_now(), random()}; }
    Task<void> run_lane(std::size_t lane);
    Task<bool> attempt(std::size_t lane, PostLane& connection, std::string_view request);
    Task<void> keep_checkpoint();
    Task<Result<void>> save();
    Task<Result<void>> wait_until_drained();
    void after_attempt();
    void flush();
    void tell_problem();
};

/// False when the task is to end.
Task<bool> SourceFeed::State::attempt(
    std::size_t lane, PostLane& connection, std::string_view request) {
    auto answer = co_await connection.post(request, options.attempt_timeout);
    if (answer) {
        SinkAnswer const said{
            answer->status, std::move(answer->retry_after), std::move(answer->accept_post),
            std::move(answer->body)};
        machine.answered(lane, said, moment());
    } else if (answer.error().code == ErrorCode::canceled) {
        machine.abandon(lane);
        co_return false;
    } else {
        machine.unanswered(lane, answer.error().detail, moment());
    }
    after_attempt();
    co_return true;
}

void SourceFeed::State::tell_problem() {
    if (machine.problem() == told_problem)
        return;
    told_problem = machine.problem();
    options.problem_changed();
}

void SourceFeed::State::after_attempt() {
    room_changed.notify();
    tell_problem();
    for (std::size_t const lane : machine.take_woken())
        woken[lane]->notify();
    if (flush_posted || !machine.keeper().has_notes())
        return;
    flush_posted = true;
    // Behind all that is ready now: what is settled together is written together.
    asio::post(executor, [this] { flush(); });
}

void SourceFeed::State::flush() {
    flush_posted = false;
    auto const due_before = machine.keeper().due();
    machine.keeper().flush(steady_now());
    if (machine.keeper().due() != due_before)
        checkpoint_changed.notify();
}

Task<void> SourceFeed::State::run_lane(std::size_t lane) {
    PostLane connection(executor, options.sink, tls ? &*tls : nullptr);
    while (!stopping) {
        LaneStep const step = machine.next(lane, steady_now());
        if (auto const* post = std::get_if<Post>(&step)) {
            if (!co_await attempt(lane, connection, post->request))
                break;
            continue;
        }
        auto const* pause = std::get_if<Pause>(&step);
        nanoseconds const wait = pause != nullptr ? pause->until - steady_now() : forever;
        if (auto const waited = co_await woken[lane]->wait(wait); !waited)
            break;
    }
    --running_lanes;
    lane_ended.notify();
}

/// Writes and syncs now; alone: two at a time could spoil both slots.
Task<Result<void>> SourceFeed::State::save() {
    CheckpointKeeper& keeper = machine.keeper();
    while (keeper.is_saving())
        if (auto const waited = co_await checkpoint_changed.wait(forever); !waited)
            co_return waited;
    if (auto const written = keeper.begin_save(steady_now()); !written)
        co_return written;
    auto const synced = co_await syncing.run(
        [&file = std::as_const(machine.checkpoint_file())] { return file.sync(); });
    keeper.end_save(synced, steady_now());
    tell_problem();
    checkpoint_changed.notify();
    co_return synced;
}

Task<void> SourceFeed::State::keep_checkpoint() {
    for (;;) {
        auto const due = machine.keeper().due();
        if (due && *due <= steady_now()) {
            // The keeper says when to try again.
            static_cast<void>(co_await save());
            continue;
        }
        nanoseconds const wait = due ? *due - steady_now() : forever;
        if (auto const waited = co_await checkpoint_changed.wait(wait); !waited)
            co_return;
    }
}

Task<Result<void>> SourceFeed::State::wait_until_drained() {
    while (!machine.is_drained())
        if (auto const waited = co_await room_changed.wait(forever); !waited)
            co_return waited;
    co_return Result<void>();
}

SourceFeed::SourceFeed(
    asio::any_io_executor executor, SourceFeedOptions options, Telemetry& telemetry)
    : state_(std::make_unique<State>(std::move(executor), std::move(options), telemetry)) {}

SourceFeed::~SourceFeed() = default;

FeedMachine& SourceFeed::machine() {
    return state_->machine;
}

void SourceFeed::wake(std::size_t lane) {
    state_->woken[lane]->notify();
}

void SourceFeed::start() {
    state_->running_lanes = state_->machine.lanes();
    for (std::size_t lane = 0; lane < state_->machine.lanes(); ++lane)
        state_->tasks.spawn("delivery lane", state_->run_lane(lane));
    state_->tasks.spawn("checkpoint", state_->keep_checkpoint());
}

Task<void> SourceFeed::stop() {
    State& state = *state_;
    state.stopping = true;
    for (auto const& signal : state.woken)
        signal->notify();
    // A lane ends after the attempt under way: what the sink has taken is then known to be taken.
    SteadyTime const deadline = steady_now() + stop_grace;
    while (state.running_lanes > 0 && steady_now() < deadline)
        if (auto const waited = co_await state.lane_ended.wait(deadline - steady_now()); !waited)
            break;
    co_await state.tasks.stop();
    state.machine.keeper().flush(steady_now());
    // What does not get there is read again: the checkpoint on disk stays as it was.
    if (!state.machine.window().instance_uuid().empty())
        static_cast<void>(co_await state.save());
}

void SourceFeed::leave_out(std::optional<std::int32_t> key, SystemTime created) {
    state_->machine.leave_out(key, created);
    state_->after_attempt();
}

bool SourceFeed::has_seen(std::int32_t key) const {
    return state_->machine.window().has_seen(key);
}

Task<Result<void>> SourceFeed::wait_for_room() {
    while (!state_->machine.has_room())
        if (auto const waited = co_await state_->room_changed.wait(forever); !waited)
            co_return waited;
    co_return Result<void>();
}

std::string const& SourceFeed::instance() const {
    return state_->machine.window().instance_uuid();
}

bool SourceFeed::checkpoint_was_damaged() const {
    return state_->machine.checkpoint_was_damaged();
}

SystemTime SourceFeed::low_water() const {
    return state_->machine.window().low_water();
}

SystemTime SourceFeed::resume_time() const {
    return state_->machine.window().resume_time();
}

void SourceFeed::restarting_reading() {
    state_->machine.reading_restarts();
}

Task<Result<void>> SourceFeed::begin_history(
    std::string instance, SystemTime begin, std::string note) {
    if (auto const drained = co_await state_->wait_until_drained(); !drained)
        co_return drained;
    state_->machine.restart(std::move(instance), begin);
    auto saved = co_await state_->save();
    if (saved)
        state_->machine.note_checkpoint(std::move(note));
    else
        state_->machine.restart({}, begin);  // It has not begun.
    co_return saved;
}

SourceReport SourceFeed::report() const {
    return state_->machine.report(steady_now());
}

}  // namespace millrace::router
