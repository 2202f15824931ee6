// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/vcenter_reader.hpp"

#include "common/base/encoding.hpp"
#include "common/base/log.hpp"
#include "router/vcenter/event_conversion.hpp"
#include "router/vcenter/event_page.hpp"
#include "router/vcenter/login_refusal.hpp"
#include "router/vcenter/page_size.hpp"
#include "router/vcenter/resume_point.hpp"
#include "router/vcenter/vcenter_client.hpp"
#include "router/vcenter/vcenter_session.hpp"
#include "router/vcenter/xml.hpp"

namespace millrace::router {
namespace {

constexpr seconds wait_limit = 30s;
constexpr milliseconds call_limit = 60s;

using Action = VcenterSession::Action;
using Outcome = VcenterSession::Outcome;
/// What a call brought, or what its failure means to the session.
using Answer = std::expected<std::unique_ptr<soap::Document>, Outcome>;

std::optional<TlsContext> tls_for(SourceSettings const& settings) {
    if (!settings.address.starts_with("https:"))
        return std::nullopt;
    auto context = TlsContext::client(
        {.verify = settings.verify_tls, .authorities_pem = settings.trusted_pem});
    if (!context)
        throw StartupError(settings.name.text() + ": " + context.error().detail);
    return std::move(*context);
}

SourceFeedOptions feed_options(VcenterReaderOptions const& options) {
    SourceFeedOptions feed = options.feed;
    feed.problem_changed = options.changed;
    return feed;
}

EventFormat format_of(VcenterReaderOptions const& options) {
    EventFormat format;
    format.source = options.settings.address;
    format.request_head = post_head(options.feed.sink);
    format.overrides = options.settings.extensions;
    return format;
}

}  // namespace

struct VcenterReader::State {
    State(
        asio::any_io_executor on, VcenterReaderOptions with, VimTypes const& vim,
        Telemetry& telemetry)
        : options(std::move(with)),
          types(vim),
          feed(on, feed_options(options), telemetry),
          client(on, parse_url(options.settings.address).value(), tls_for(options.settings)),
          format(format_of(options)),
          page_size(options.page_size),
          tasks(on) {}

    VcenterReaderOptions options;
    VimTypes const& types;
    SourceFeed feed;
    VcenterClient client;
    VcenterSession session;
    EventFormat format;
    soap::ServiceContent content;
    SystemTime server_time;
    std::string collector;
    std::string waiter;  ///< the property collector that waits for events
    std::string update_version;
    std::string problem;
    PageSize page_size;
    TaskGroup tasks;

    Task<void> run();
    Task<Outcome> perform(Action action);
    Task<Outcome> retrieve_content();
    Task<Outcome> read_server_time();
    Task<Outcome> create_collector();
    Task<Outcome> create_filter();
    Task<Outcome> read_page();
    Task<Outcome> wait_for_updates();
    Task<Outcome> check_latest_event();
    Task<Outcome> simple(std::string envelope);
    Task<Answer> call(std::string envelope);
    Answer judge(Result<std::unique_ptr<soap::Document>> document);
    Outcome failed(std::string reason, Outcome outcome);
    Outcome page_failed(Error const& error);
    Outcome take_page(EventPage const& page);
    bool take_event(pugi::xml_node event);
    void leave_out(UnreadableEvent const& event);
    Task<void> say_goodbye();
};

Outcome VcenterReader::State::failed(std::string reason, Outcome outcome) {
    if (problem != reason) {
        problem = std::move(reason);
        log::warn(
            "vCenter call failed.",
            {{"source", options.settings.name.text()}, {"reason", problem}});
    }
    return outcome;
}

Answer VcenterReader::State::judge(Result<std::unique_ptr<soap::Document>> document) {
    if (!document)
        return std::unexpected(failed(document.error().detail, Outcome::unreachable));
    soap::Answer const& answer = (*document)->answer;
    switch (answer.fault) {
        case soap::FaultKind::none:
            return std::move(*document);
        case soap::FaultKind::not_authenticated:
            return std::unexpected(failed(answer.fault_text, Outcome::not_authenticated));
        case soap::FaultKind::object_gone:
            return std::unexpected(failed(answer.fault_text, Outcome::object_gone));
        case soap::FaultKind::invalid_login:
            return std::unexpected(failed(
                refused_login(
                    options.settings.secret_name, answer.fault_text, options.credentials.user,
                    options.credentials.password.reveal()),
                Outcome::invalid_login));
        case soap::FaultKind::other:
            break;
    }
    return std::unexpected(failed(answer.fault_text, Outcome::rejected));
}

Task<Answer> VcenterReader::State::call(std::string envelope) {
    co_return judge(co_await client.call(std::move(envelope), call_limit));
}

Task<Outcome> VcenterReader::State::simple(std::string envelope) {
    auto const answer = co_await call(std::move(envelope));
    co_return answer ? Outcome::done : answer.error();
}

Task<Outcome> VcenterReader::State::retrieve_content() {
    client.forget_session();
    auto const answer = co_await call(soap::retrieve_service_content());
    if (!answer)
        co_return answer.error();
    content = soap::parse_service_content((*answer)->answer.body);
    if (!soap::is_complete(content))
        co_return failed("The address answers, but not as a vCenter.", Outcome::rejected);
    format.api_version = content.api_version;
    co_return Outcome::done;
}

/// Decides where to begin, and writes it down before the first read.
Task<Outcome> VcenterReader::State::read_server_time() {
    auto const answer = co_await call(soap::current_time());
    if (!answer)
        co_return answer.error();
    auto const now = parse_rfc3339(soap::return_text((*answer)->answer.body));
    if (!now)
        co_return failed("vCenter's CurrentTime: " + now.error().detail, Outcome::rejected);
    server_time = *now;
    auto const history = new_history(
        {.known_instance = feed.instance(),
         .found_instance = content.instance_uuid,
         .low_water = feed.low_water(),
         .server_time = server_time,
         .max_age = options.settings.max_age,
         .checkpoint_was_damaged = feed.checkpoint_was_damaged()});
    if (!history)
        co_return Outcome::done;
    if (!history->note.empty())
        log::warn(
            "Reading begins anew.", {{"source", options.settings.name.text()},
                                     {"reason", history->note},
                                     {"from", format_rfc3339(history->begin)}});
    auto const begun =
        co_await feed.begin_history(content.instance_uuid, history->begin, history->note);
    if (!begun)
        co_return failed("The checkpoint: " + begun.error().detail, Outcome::rejected);
    co_return Outcome::done;
}

Task<Outcome> VcenterReader::State::create_collector() {
    feed.restarting_reading();
    SystemTime const resume = reading_begin(feed.resume_time(), feed.low_water(), server_time);
    SystemTime const begin = not_before(resume, server_time, options.settings.max_age);
    if (begin > resume)
        log::warn(
            "Events older than checkpointConfig.maxAgeSeconds are left out.",
            {{"from", format_rfc3339(resume)}, {"to", format_rfc3339(begin)}});
    if (!collector.empty())
        co_await client.call(soap::destroy_collector(collector), call_limit);
    collector.clear();
    update_version.clear();
    auto const answer = co_await call(soap::create_collector(content, begin));
    if (!answer)
        co_return answer.error();
    collector = soap::return_text((*answer)->answer.body);
    co_return Outcome::done;
}

Task<Outcome> VcenterReader::State::create_filter() {
    if (!waiter.empty() && waiter != content.property_collector)
        co_await client.call(soap::destroy_property_collector(waiter), call_limit);
    auto const made = co_await client.call(soap::create_property_collector(content), call_limit);
    bool const is_ours = made && (*made)->answer.fault == soap::FaultKind::none;
    waiter = is_ours ? soap::return_text((*made)->answer.body) : content.property_collector;
    co_return co_await simple(soap::create_filter(waiter, collector));
}

/// False if it was read before, or cannot be read.
bool VcenterReader::State::take_event(pugi::xml_node event) {
    EventParts const parts = find_parts(event);
    if (!parts.key) {
        leave_out(
            {std::nullopt, parts.created.value_or(SystemTime()),
             "Its key is \"" + to_valid_utf8(parts.key_text) + "\"."});
        return false;
    }
    return feed.take(*parts.key, parts.created.value_or(SystemTime()), [&](EventEncoding encoding) {
        format.encoding = encoding;
        return to_outbound_event(event, parts, types, format);
    });
}

void VcenterReader::State::leave_out(UnreadableEvent const& event) {
    if (event.key && feed.has_seen(*event.key))
        return;
    log::error(
        "An event cannot be read and is left out.",
        {{"source", options.settings.name.text()},
         {"key", event.key ? std::to_string(*event.key) : "unknown"},
         {"reason", event.reason}});
    feed.leave_out(event.key, event.created);
}

Outcome VcenterReader::State::take_page(EventPage const& page) {
    bool any = !page.unreadable.empty();
    bool any_new = false;
    for (UnreadableEvent const& event : page.unreadable)
        leave_out(event);
    for (pugi::xml_node event = page.soap->answer.body.first_child(); event;
         event = event.next_sibling()) {
        if (local_name(event.name()) != "returnval")
            continue;
        any = true;
        any_new = take_event(event) || any_new;
    }
    if (any_new)
        page_size.brought_new_events();
    return any_new ? Outcome::done : any ? Outcome::seen_page : Outcome::empty_page;
}

/// The page was not had, and vCenter's collector is behind it: a new one begins before it again.
Outcome VcenterReader::State::page_failed(Error const& error) {
    if (error.code == ErrorCode::invalid)
        return failed(error.detail, Outcome::object_gone);
    if (error.code != ErrorCode::too_large)
        return failed(error.detail, Outcome::unreachable);
    if (page_size.shrink())
        return failed(error.detail + " Fewer events are asked for.", Outcome::object_gone);
    leave_out({std::nullopt, SystemTime(), error.detail});
    return Outcome::seen_page;
}

Task<Outcome> VcenterReader::State::read_page() {
    if (auto const room = co_await feed.wait_for_room(); !room)
        co_return Outcome::unreachable;
    auto text =
        co_await client.exchange(soap::read_next_events(collector, page_size.count()), call_limit);
    if (!text)
        co_return page_failed(text.error());
    auto page = parse_event_page(std::move(*text));
    if (!page)
        co_return page_failed(page.error());
    auto document = judge(std::move(page->soap));
    if (!document)
        co_return document.error();
    page->soap = std::move(*document);
    problem.clear();
    co_return take_page(*page);
}

Task<Outcome> VcenterReader::State::wait_for_updates() {
    auto document = co_await client.call(
        soap::wait_for_updates(waiter, update_version, wait_limit), wait_limit + 15s);
    if (!document && document.error().code == ErrorCode::invalid)
        co_return Outcome::unclear;
    auto const answer = judge(std::move(document));
    if (!answer)
        // Waiting alone failed: with a new collector there may be something to wait for again.
        co_return answer.error() == Outcome::rejected ? Outcome::object_gone : answer.error();
    auto const update = soap::parse_update((*answer)->answer.body);
    if (!update.version.empty())
        update_version = update.version;
    bool const unseen =
        std::ranges::any_of(update.keys, [this](std::int32_t key) { return !feed.has_seen(key); });
    co_return unseen ? Outcome::unseen_event : Outcome::nothing_new;
}

Task<Outcome> VcenterReader::State::check_latest_event() {
    auto document = co_await client.call(soap::retrieve_latest_event(content), call_limit);
    // Not every server has it; the events are read all the same.
    bool const is_refused = document && (*document)->answer.fault == soap::FaultKind::other;
    if (is_refused)
        co_return Outcome::nothing_new;
    if (!document && document.error().code == ErrorCode::invalid)
        co_return Outcome::unclear;
    auto const answer = judge(std::move(document));
    if (!answer)
        co_return answer.error();
    auto const latest = soap::parse_latest_event((*answer)->answer.body);
    bool const unseen =
        latest && latest->created >= feed.resume_time() && !feed.has_seen(latest->key);
    co_return unseen ? Outcome::unseen_event : Outcome::nothing_new;
}

Task<Outcome> VcenterReader::State::perform(Action action) {
    switch (action) {
        case Action::retrieve_content:
            co_return co_await retrieve_content();
        case Action::log_in:
            co_return co_await simple(
                soap::login(content, options.credentials.user, options.credentials.password));
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

Task<void> VcenterReader::State::run() {
    for (;;) {
        bool const was_connected = session.connected();
        std::string const problem_before = problem;
        session.ended(co_await perform(session.next()), random_u64());
        bool const is_connection_news = session.connected() != was_connected;
        if (is_connection_news)
            log::info(
                session.connected() ? "Connected to vCenter." : "Lost the vCenter session.",
                {{"source", options.settings.name.text()},
                 {"resume", format_rfc3339(feed.resume_time())}});
        if (is_connection_news || problem != problem_before)
            options.changed();
    }
}

Task<void> VcenterReader::State::say_goodbye() {
    constexpr milliseconds goodbye_limit = 1s;
    if (!collector.empty())
        co_await client.call(soap::destroy_collector(collector), goodbye_limit);
    if (session.connected())
        co_await client.call(soap::logout(content), goodbye_limit);
}

VcenterReader::VcenterReader(
    asio::any_io_executor executor, VcenterReaderOptions options, VimTypes const& types,
    Telemetry& telemetry)
    : state_(std::make_unique<State>(std::move(executor), std::move(options), types, telemetry)) {}

VcenterReader::~VcenterReader() = default;

void VcenterReader::start() {
    state_->feed.start();
    state_->tasks.spawn("vCenter session", state_->run());
}

Task<void> VcenterReader::stop() {
    co_await state_->tasks.stop();
    co_await state_->feed.stop();
    co_await state_->say_goodbye();
}

VcenterReaderOptions const& VcenterReader::options() const {
    return state_->options;
}

SourceReport VcenterReader::report() const {
    SourceReport report = state_->feed.report();
    if (!state_->problem.empty()) {
        report.state = "Failing";
        report.problem = state_->problem;
    } else if (report.state != "SinkFailing" && !state_->session.connected()) {
        report.state = "Connecting";
    }
    report.api_version = state_->content.api_version;
    report.logins = state_->session.logins_total();
    return report;
}

}  // namespace millrace::router
