// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/vcenter_source.hpp"

#include "common/base/encoding.hpp"
#include "common/base/log.hpp"
#include "router/checkpoint/checkpoint_keeper.hpp"
#include "router/delivery/dead_letter_file.hpp"
#include "router/vcenter/event_conversion.hpp"
#include "router/vcenter/vcenter_client.hpp"
#include "router/vcenter/vcenter_session.hpp"
#include "router/vcenter/xml.hpp"

namespace millrace::router {
namespace {

/// Equal timestamps, late commits and clock steps of the server (fault F11).
constexpr seconds overlap = 10s;
constexpr seconds wait_limit = 30s;
constexpr milliseconds call_limit = 60s;
/// vCenter's clock may not run back further than this without it being another history (F10).
constexpr seconds clock_step_max = 3600s;

using Action = VcenterSession::Action;
using Outcome = VcenterSession::Outcome;

std::optional<TlsContext> tls_for(SourceSettings const& settings) {
    if (!settings.address.starts_with("https:"))
        return std::nullopt;
    auto context = TlsContext::client(
        {.verify = settings.verify_tls, .authorities_pem = settings.trusted_pem});
    if (!context)
        throw StartupError(settings.name.text() + ": " + context.error().detail);
    return std::move(*context);
}

}  // namespace

struct VcenterSource::State {
    State(
        asio::any_io_executor on, VcenterSourceOptions with, VimTypes const& vim,
        Telemetry& telemetry);

    asio::any_io_executor executor;
    VcenterSourceOptions options;
    VimTypes const& types;
    std::optional<TlsContext> sink_tls;
    CheckpointFile file;
    Progress progress;
    CheckpointKeeper keeper;
    VcenterClient client;
    VcenterSession session;
    EventFormat format;
    soap::ServiceContent content;
    SystemTime server_time;
    std::string collector;
    std::string waiter;  ///< the property collector that waits for events
    std::string update_version;
    std::string problem;
    int page_size = 0;
    SystemTime last_event_time;
    std::optional<milliseconds> lag;
    std::uint64_t duplicates = 0;
    std::uint64_t dead = 0;
    std::uint64_t unreadable = 0;
    Counter& received;
    Counter& delivered;
    std::unique_ptr<DeliveryPool> pool;
    TaskGroup tasks;

    Task<void> run();
    Task<Outcome> perform(Action action);
    Task<Outcome> retrieve_content();
    Task<Outcome> log_in();
    Task<Outcome> read_server_time();
    Task<Outcome> create_collector();
    Task<Outcome> create_filter();
    Task<Outcome> read_page();
    Task<Outcome> wait_for_updates();
    Task<Outcome> check_latest_event();
    Task<Outcome> simple(std::string envelope);
    Task<Result<std::unique_ptr<SoapDocument>>> call(std::string envelope, Outcome& outcome);
    Outcome failed(std::string reason, Outcome outcome);
    Outcome bad_page(std::string const& reason);
    void take_event(pugi::xml_node event);
    bool settled(Settled const& what);
    Task<void> say_goodbye();
};

VcenterSource::State::State(
    asio::any_io_executor on, VcenterSourceOptions with, VimTypes const& vim, Telemetry& telemetry)
    : executor(on),
      options(std::move(with)),
      types(vim),
      file(options.data_folder / "checkpoint"),
      progress(file.loaded().value_or(CheckpointState()), overlap),
      keeper(on, file, progress),
      client(on, parse_url(options.settings.address).value(), tls_for(options.settings)),
      page_size(options.page_size),
      received(telemetry.counter(
          "millrace_router_events_received_total", "Events read from the source.",
          {{"source", options.settings.name.text()}})),
      delivered(telemetry.counter(
          "millrace_router_events_delivered_total", "Events the sink has taken.",
          {{"source", options.settings.name.text()}})),
      tasks(on) {
    format.source = options.settings.address;
    format.request_head = post_head(options.sink);
    format.overrides = options.settings.extensions;
    if (options.sink.tls)
        sink_tls = TlsContext::client({}).value();
    DeliveryOptions delivery;
    delivery.sink = options.sink;
    delivery.tls = sink_tls ? &*sink_tls : nullptr;
    delivery.lanes = options.lanes;
    pool = std::make_unique<DeliveryPool>(
        on, std::move(delivery), [this](Settled const& what) { return settled(what); });
    if (file.was_corrupt())
        log::error(
            "Checkpoint is damaged and was put aside; reading begins at vCenter's present time.",
            {{"file", (options.data_folder / "checkpoint.corrupt").string()}});
}

bool VcenterSource::State::settled(Settled const& what) {
    if (what.dead) {
        auto const kept = append_dead_letter(
            options.data_folder / "dead-letters.jsonl", *what.event, what.status, what.reason);
        if (!kept) {
            log::error("Dead letter not written.", {{"reason", kept.error().detail}});
            return false;
        }
        ++dead;
        log::error(
            "Event refused by the sink; kept as a dead letter.",
            {{"key", what.event->key}, {"status", what.status}, {"reason", what.reason}});
    } else {
        delivered.increment();
        auto const age =
            std::chrono::duration_cast<milliseconds>(system_now() - what.event->created);
        lag = std::max(age, 0ms);  // the clocks of vCenter and this machine may differ
    }
    keeper.note(progress.key_at(what.position));
    progress.settle(what.position);
    return true;
}

Outcome VcenterSource::State::failed(std::string reason, Outcome outcome) {
    if (problem != reason) {
        problem = std::move(reason);
        log::warn(
            "vCenter call failed.",
            {{"source", options.settings.name.text()}, {"reason", problem}});
    }
    return outcome;
}

Task<Result<std::unique_ptr<SoapDocument>>> VcenterSource::State::call(
    std::string envelope, Outcome& outcome) {
    auto soap = co_await client.call(std::move(envelope), call_limit);
    outcome = Outcome::done;
    if (!soap) {
        outcome = failed(soap.error().detail, Outcome::unreachable);
    } else if ((*soap)->answer.fault != soap::FaultKind::none) {
        outcome = Outcome::rejected;
        if ((*soap)->answer.fault == soap::FaultKind::not_authenticated)
            outcome = Outcome::not_authenticated;
        if ((*soap)->answer.fault == soap::FaultKind::object_gone)
            outcome = Outcome::object_gone;
        std::string reason = (*soap)->answer.fault_text;
        if ((*soap)->answer.fault == soap::FaultKind::invalid_login) {
            outcome = Outcome::invalid_login;
            reason = "vCenter refused the sign-in with Secret " + options.settings.secret_name +
                     " (" + reason + "). Correct its username and password; it is tried again.";
        }
        failed(std::move(reason), outcome);
    }
    co_return soap;
}

Task<Outcome> VcenterSource::State::simple(std::string envelope) {
    Outcome outcome = Outcome::done;
    co_await call(std::move(envelope), outcome);
    co_return outcome;
}

Task<Outcome> VcenterSource::State::retrieve_content() {
    Outcome outcome = Outcome::done;
    client.forget_session();
    auto const soap = co_await call(soap::retrieve_service_content(), outcome);
    if (outcome != Outcome::done)
        co_return outcome;
    content = soap::parse_service_content((*soap)->answer.body);
    if (!soap::is_complete(content))
        co_return failed("The address answers, but not as a vCenter.", Outcome::rejected);
    format.api_version = content.api_version;
    co_return Outcome::done;
}

Task<Outcome> VcenterSource::State::log_in() {
    co_return co_await simple(
        soap::login(content, options.credentials.user, options.credentials.password));
}

/// Decides where to begin: at the checkpoint, or now if there is none or it is of another vCenter.
Task<Outcome> VcenterSource::State::read_server_time() {
    Outcome outcome = Outcome::done;
    auto const soap = co_await call(soap::current_time(), outcome);
    if (outcome != Outcome::done)
        co_return outcome;
    auto const now = parse_rfc3339(soap::return_text((*soap)->answer.body));
    if (!now)
        co_return failed("vCenter's CurrentTime: " + now.error().detail, Outcome::rejected);
    server_time = *now;
    bool const is_new = progress.instance_uuid().empty();
    bool const is_other = !is_new && progress.instance_uuid() != content.instance_uuid;
    bool const ran_back = !is_new && !is_other && progress.low_water() > *now + clock_step_max;
    if (!is_new && !is_other && !ran_back)
        co_return Outcome::done;
    if (is_other || ran_back)
        log::warn(
            "vCenter is another one, or was restored; reading begins anew.",
            {{"checkpoint", progress.instance_uuid()},
             {"found", content.instance_uuid},
             {"low_water", format_rfc3339(progress.low_water())},
             {"server_time", format_rfc3339(*now)}});
    if (auto const drained = co_await pool->wait_below(1); !drained)
        co_return Outcome::unreachable;
    progress.restart(content.instance_uuid, *now);
    // Before the first read, so that a crash before the first delivery loses nothing (fault F3).
    co_await keeper.save();
    co_return Outcome::done;
}

Task<Outcome> VcenterSource::State::create_collector() {
    progress.reading_restarts();
    SystemTime begin = progress.resume_time();
    auto const oldest = server_time - options.settings.max_age;
    if (options.settings.max_age > 0s && begin < oldest) {
        log::warn(
            "Events older than checkpointConfig.maxAgeSeconds are left out.",
            {{"from", format_rfc3339(begin)}, {"to", format_rfc3339(oldest)}});
        begin = oldest;
    }
    if (!collector.empty())
        co_await client.call(soap::destroy_collector(collector), call_limit);
    collector.clear();
    update_version.clear();
    Outcome outcome = Outcome::done;
    auto const soap = co_await call(soap::create_collector(content, begin), outcome);
    if (outcome == Outcome::done)
        collector = soap::return_text((*soap)->answer.body);
    co_return outcome;
}

Task<Outcome> VcenterSource::State::create_filter() {
    if (!waiter.empty() && waiter != content.property_collector)
        co_await client.call(soap::destroy_property_collector(waiter), call_limit);
    auto const made = co_await client.call(soap::create_property_collector(content), call_limit);
    bool const is_ours = made && (*made)->answer.fault == soap::FaultKind::none;
    waiter = is_ours ? soap::return_text((*made)->answer.body) : content.property_collector;
    co_return co_await simple(soap::create_filter(waiter, collector));
}

void VcenterSource::State::take_event(pugi::xml_node event) {
    format.encoding = pool->encoding();
    OutboundEvent outbound = to_outbound_event(event, types, format);
    last_event_time = std::max(last_event_time, outbound.created);
    auto const position = progress.begin(outbound.key, outbound.created);
    if (!position) {
        ++duplicates;
        return;
    }
    received.increment();
    pool->submit(*position, std::move(outbound));
}

/// An unreadable page is read again in smaller pieces from the checkpoint on, until the one event
/// that spoils it stands alone; that one is counted and passed over (fault F36).
Outcome VcenterSource::State::bad_page(std::string const& reason) {
    if (page_size > 1) {
        page_size = std::max(1, page_size / 10);
        return failed(reason, Outcome::object_gone);
    }
    ++unreadable;
    failed(reason + " One event is left out.", Outcome::done);
    return Outcome::done;
}

Task<Outcome> VcenterSource::State::read_page() {
    // Two pages at most are held: one being delivered, one waiting.
    auto const room = co_await pool->wait_below(static_cast<std::size_t>(options.page_size));
    if (!room)
        co_return Outcome::unreachable;
    Outcome outcome = Outcome::done;
    auto const soap = co_await call(soap::read_next_events(collector, page_size), outcome);
    if (!soap && soap.error().code == ErrorCode::invalid)
        co_return bad_page(soap.error().detail);
    if (outcome != Outcome::done)
        co_return outcome;
    problem.clear();
    bool any = false;
    for (pugi::xml_node event = (*soap)->answer.body.first_child(); event;
         event = event.next_sibling()) {
        if (local_name(event.name()) != "returnval")
            continue;
        take_event(event);
        any = true;
    }
    if (any)
        page_size = options.page_size;
    co_return any ? Outcome::done : Outcome::empty_page;
}

Task<Outcome> VcenterSource::State::wait_for_updates() {
    auto soap = co_await client.call(
        soap::wait_for_updates(waiter, update_version, wait_limit), wait_limit + 15s);
    if (!soap)
        co_return failed(soap.error().detail, Outcome::unreachable);
    if ((*soap)->answer.fault == soap::FaultKind::not_authenticated)
        co_return failed((*soap)->answer.fault_text, Outcome::not_authenticated);
    if ((*soap)->answer.fault != soap::FaultKind::none)
        co_return failed((*soap)->answer.fault_text, Outcome::object_gone);
    auto const update = soap::parse_update((*soap)->answer.body);
    if (!update.version.empty())
        update_version = update.version;
    bool const unseen = std::ranges::any_of(
        update.keys, [this](std::int32_t key) { return !progress.has_seen(key); });
    co_return unseen ? Outcome::unseen_event : Outcome::nothing_new;
}

Task<Outcome> VcenterSource::State::check_latest_event() {
    Outcome outcome = Outcome::done;
    auto const soap = co_await call(soap::retrieve_latest_event(content), outcome);
    // Not every server has it; the events are read all the same.
    if (outcome == Outcome::rejected)
        co_return Outcome::nothing_new;
    if (outcome != Outcome::done)
        co_return outcome;
    auto const latest = soap::parse_latest_event((*soap)->answer.body);
    bool const unseen = latest.key != 0 && latest.created >= progress.resume_time() &&
                        !progress.has_seen(latest.key);
    co_return unseen ? Outcome::unseen_event : Outcome::nothing_new;
}

Task<Outcome> VcenterSource::State::perform(Action action) {
    switch (action) {
        case Action::retrieve_content:
            co_return co_await retrieve_content();
        case Action::log_in:
            co_return co_await log_in();
        case Action::read_server_time:
            co_return co_await read_server_time();
        case Action::create_collector:
            co_return co_await create_collector();
        case Action::create_filter:
            co_return co_await create_filter();
        case Action::read_page:
            co_return co_await read_page();
        case Action::wait_for_updates:
            co_return co_await wait_for_updates();
        case Action::check_latest_event:
            co_return co_await check_latest_event();
        case Action::pause:
            co_await sleep_for(session.pause());
            co_return Outcome::done;
    }
    co_return Outcome::done;
}

Task<void> VcenterSource::State::run() {
    for (;;) {
        bool const was_connected = session.connected();
        session.ended(co_await perform(session.next()), random_u64());
        if (session.connected() != was_connected)
            log::info(
                session.connected() ? "Connected to vCenter." : "Lost the vCenter session.",
                {{"source", options.settings.name.text()},
                 {"resume", format_rfc3339(progress.resume_time())}});
    }
}

Task<void> VcenterSource::State::say_goodbye() {
    constexpr milliseconds goodbye_limit = 1s;
    if (!collector.empty())
        co_await client.call(soap::destroy_collector(collector), goodbye_limit);
    if (session.connected())
        co_await client.call(soap::logout(content), goodbye_limit);
}

VcenterSource::VcenterSource(
    asio::any_io_executor executor, VcenterSourceOptions options, VimTypes const& types,
    Telemetry& telemetry)
    : state_(std::make_unique<State>(std::move(executor), std::move(options), types, telemetry)) {}

VcenterSource::~VcenterSource() = default;

void VcenterSource::start() {
    state_->tasks.spawn("vCenter session", state_->run());
    state_->tasks.spawn("checkpoint", state_->keeper.run());
}

Task<void> VcenterSource::stop() {
    co_await state_->tasks.stop();
    co_await state_->pool->stop(2s);
    co_await state_->keeper.save();
    co_await state_->say_goodbye();
}

VcenterSourceOptions const& VcenterSource::options() const {
    return state_->options;
}

SourceReport VcenterSource::report() const {
    State const& state = *state_;
    SourceReport report;
    bool const idle = state.pool->pending() == 0;
    report.problem = state.problem;
    if (report.problem.empty())
        report.problem = state.pool->last_failure();
    if (report.problem.empty())
        report.problem = state.keeper.problem();
    report.state = !state.problem.empty()                ? "Failing"
                   : !state.pool->last_failure().empty() ? "SinkFailing"
                   : !state.session.connected()          ? "Connecting"
                   : idle                                ? "Waiting"
                                                         : "Reading";
    report.api_version = state.content.api_version;
    report.last_event_time = state.last_event_time;
    report.low_water = state.progress.low_water();
    report.lag = state.lag;
    report.received = state.received.value();
    report.delivered = state.delivered.value();
    report.dead_lettered = state.dead;
    report.duplicates_dropped = state.duplicates;
    report.unreadable = state.unreadable;
    report.requests = state.pool->requests_total();
    report.retries = state.pool->retries_total();
    report.in_flight = state.pool->pending();
    report.logins = state.session.logins_total();
    return report;
}

}  // namespace millrace::router
