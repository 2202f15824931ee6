// SPDX-License-Identifier: Apache-2.0
#include "common/kube/lease/lease.hpp"

#include "common/base/log.hpp"
#include "common/kube/next_change.hpp"

namespace millrace {
namespace {

constexpr ResourceKind lease_kind{"coordination.k8s.io", "v1", "Lease", "leases"};
/// Of one call; no more than this is lost of the time in which a lease can be renewed.
constexpr milliseconds call_limit = 3s;

/// Kubernetes' MicroTime: always six digits of a second.
std::string micro_time(SystemTime time) {
    auto const whole = std::chrono::floor<seconds>(time);
    auto const micros = std::chrono::duration_cast<microseconds>(time - whole).count();
    std::string text = format_rfc3339(whole);
    text.pop_back();
    std::string const digits = std::to_string(micros);
    return text + "." + std::string(6 - digits.size(), '0') + digits + "Z";
}

Result<LeaseRecord> to_record(Result<Resource> const& lease) {
    if (!lease)
        return std::unexpected(lease.error());
    return LeaseObject::record_of(*lease);
}

Json lease_json(ResourceName const& name) {
    Json object;
    object["apiVersion"] = lease_kind.api_version();
    object["kind"] = lease_kind.kind;
    object["metadata"] = {{"name", name.name}, {"namespace", name.name_space}};
    object["spec"] = Json::object();
    return object;
}

}  // namespace

LeaseRecord LeaseObject::record_of(Resource const& lease) {
    Json const& spec = lease.spec();
    return {
        .version = lease.resource_version(),
        .holder = string_at(spec, "holderIdentity"),
        .duration = seconds(integer_at(spec, "leaseDurationSeconds").value_or(0)),
        .transitions = integer_at(spec, "leaseTransitions").value_or(0)};
}

Task<Result<LeaseRecord>> LeaseObject::read() {
    auto const lease = co_await store_.get(lease_kind, name_);
    if (!lease && lease.error().code == ErrorCode::not_found)
        co_return LeaseRecord();
    co_return to_record(lease);
}

Task<Result<LeaseRecord>> LeaseObject::make() {
    co_return to_record(co_await store_.apply(lease_kind, {.object = lease_json(name_)}));
}

Task<Result<LeaseRecord>> LeaseObject::write(LeaseRecord record) {
    Json lease = lease_json(name_);
    lease["metadata"]["resourceVersion"] = record.version;
    std::string const now = micro_time(system_now());
    lease["spec"] = {
        {"holderIdentity", record.holder},
        {"leaseDurationSeconds", std::chrono::ceil<seconds>(record.duration).count()},
        {"leaseTransitions", record.transitions},
        {"renewTime", now}};
    co_return to_record(co_await store_.apply(lease_kind, {.object = std::move(lease)}));
}

std::unique_ptr<Watch> LeaseObject::watch() const {
    return store_.watch(
        lease_kind, {.name_space = name_.name_space, .name = name_.name, .labels = {}});
}

Lease::Lease(
    asio::any_io_executor executor, LeaseObject object, std::string identity, LeaseTimes times)
    : object_(std::move(object)),
      machine_(std::move(identity), times),
      changed_(executor),
      tasks_(executor) {}

void Lease::start() {
    tasks_.spawn_essential("lease", run());
    tasks_.spawn_essential("watch lease", watch());
}

Task<Result<void>> Lease::acquired() {
    while (!machine_.is_held())
        if (auto const woken = co_await changed_.wait(); !woken)
            co_return woken;
    co_return Result<void>();
}

std::string Lease::waiting_reason() const {
    std::string const holder = machine_.holder();
    std::string reason = "Waits for the lease " + object_.name().text();
    if (!holder.empty())
        reason += " held by " + holder;
    return reason + (logged_.empty() ? "." : ": " + logged_);
}

/// While it is another's: it is told at once that it is free, or still in use.
Task<void> Lease::watch() {
    auto const watch = object_.watch();
    while (!machine_.is_held()) {
        auto const event = co_await next_change(*watch);
        if (!event)
            co_return;
        if (machine_.is_held())
            co_return;
        if (event->type == WatchEvent::Type::added)
            machine_.see(LeaseObject::record_of(event->resource), steady_now());
        else if (event->type == WatchEvent::Type::deleted)
            machine_.see({}, steady_now());
        changed_.notify();
    }
}

void Lease::note(Result<LeaseRecord> answer, SteadyTime sent, LeaseMachine::Step step) {
    SteadyTime const now = steady_now();
    bool const was_held = machine_.is_held();
    if (answer && step == LeaseMachine::Step::write)
        machine_.written(std::move(*answer), sent);
    else if (answer)
        machine_.see(std::move(*answer), now);
    else if (answer.error().code == ErrorCode::conflict)
        machine_.refuse();
    else
        machine_.fail(now);
    bool const has_failed = !answer && answer.error().code != ErrorCode::conflict;
    std::string problem = has_failed ? answer.error().detail : "";
    if (has_failed && problem != logged_)
        log::warn(
            "The lease cannot be read or written; tried again.",
            {{"lease", object_.name().text()}, {"error", problem}});
    logged_ = std::move(problem);
    if (machine_.is_held() && !was_held)
        log::info("The lease is ours.", {{"lease", object_.name().text()}});
    changed_.notify();
}

Task<void> Lease::perform(LeaseMachine::Next next) {
    SteadyTime const sent = steady_now();
    auto call = next.step == LeaseMachine::Step::read   ? object_.read()
                : next.step == LeaseMachine::Step::make ? object_.make()
                                                        : object_.write(next.record);
    auto answer = co_await with_timeout(std::move(call), call_limit);
    if (!answer && answer.error().code == ErrorCode::canceled)
        co_return;
    note(std::move(answer), sent, next.step);
}

Task<void> Lease::run() {
    for (;;) {
        LeaseMachine::Next const next = machine_.next(steady_now());
        if (next.step == LeaseMachine::Step::lost)
            throw std::runtime_error(
                "The lease " + object_.name().text() + " is not ours any more.");
        if (next.step != LeaseMachine::Step::wait)
            co_await perform(next);
        auto const until = next.step == LeaseMachine::Step::wait ? next.until : steady_now();
        if (auto const woken = co_await changed_.wait_until(until);
            !woken && woken.error().code == ErrorCode::canceled)
            co_return;
    }
}

Task<void> Lease::stop() {
    co_await tasks_.stop();
    auto const released = machine_.released();
    if (!released)
        co_return;
    auto const given = co_await with_timeout(object_.write(*released), call_limit);
    if (!given)
        log::warn(
            "The lease cannot be given back; it ends by itself.",
            {{"lease", object_.name().text()}, {"error", given.error().detail}});
}

}  // namespace millrace
