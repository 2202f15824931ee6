// SPDX-License-Identifier: Apache-2.0
#include "broker/broker_service.hpp"

#include <algorithm>

#include "broker/api/api_json.hpp"
#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "common/kube/lease/leased_service.hpp"
#include "common/kube/store/store_choice.hpp"

namespace millrace::broker {
namespace {

constexpr std::size_t recent_bytes_max = 32UL << 20;
constexpr seconds recent_age_max = 30s;
constexpr std::size_t jobs_max = 1024;
constexpr std::size_t answer_bytes_max = 1 << 20;
constexpr milliseconds stop_grace = 3s;

std::filesystem::path data_folder(FlagValues const& flags) {
    std::string const& given = flags.text("data");
    std::filesystem::path folder(given);
    if (given.empty())
        folder = std::filesystem::path(flags.text("state")) / "broker";
    if (auto made = make_directories(folder, 0700); !made)
        throw StartupError("--data: " + made.error().detail);
    return folder;
}

EventLogOptions log_options(std::filesystem::path const& data, FlagValues const& flags) {
    EventLogOptions options;
    options.folder = data / "segments";
    options.segment_events_max = flags.integer("segment-events");
    options.free_bytes_min = flags.integer("free-mib") << 20;
    options.retention.age = flags.duration("retention-age");
    options.retention.bytes = flags.integer("retention-mib") << 20;
    options.segment_bytes_max = std::min(
        options.segment_bytes_max, std::max<std::int64_t>(1 << 20, options.retention.bytes / 8));
    return options;
}

HttpClientOptions client_options() {
    HttpClientOptions options;
    options.response_bytes_max = answer_bytes_max;
    return options;
}

ResourceName defaults_name(FlagValues const& flags) {
    auto name = parse_resource_name(flags.text("broker-defaults"));
    if (!name)
        throw StartupError("--broker-defaults: " + name.error().detail);
    return std::move(*name);
}

/// Where a store keeps the Brokers of several classes, one without a class is not ours by itself:
/// Knative's webhook gives every Broker one.
ControllerOptions controller_options(FlagValues const& flags) {
    bool const is_shared = is_in_kubernetes(flags);
    return {
        .base_url = "",
        .defaults = defaults_name(flags),
        .fallback_class = is_shared ? "" : std::string(our_class),
        .keeps_events = is_shared};
}

}  // namespace

std::vector<Flag> broker_flags() {
    return {
        store_flag(),
        {.name = "data", .help = "Folder of the event log; default: broker/ in --state."},
        {.name = "address-url",
         .help = "URL of Brokers in their statuses, followed by /NAMESPACE/NAME: in a cluster, of "
                 "the Service; none: where the broker listens."},
        {.name = "lease",
         .help = "NAMESPACE/NAME of the Lease without which the broker waits and opens no data: of "
                 "several replicas one writes. Needs --store kubernetes; none: it does not wait."},
        {.name = "broker-defaults",
         .fallback = "knative-eventing/config-br-defaults",
         .help = "NAMESPACE/NAME of the ConfigMap with what holds for Brokers that do not say it: "
                 "class and delivery."},
        {.name = "retention-age",
         .kind = Flag::Kind::duration_ms,
         .fallback = "168h",
         .help = "Events older than this are dropped, whole files at a time.",
         .low = 1000},
        {.name = "retention-mib",
         .kind = Flag::Kind::integer,
         .fallback = "2048",
         .help = "Size of the event log beyond which the oldest files are dropped.",
         .low = 8,
         .high = 1 << 20},
        {.name = "free-mib",
         .kind = Flag::Kind::integer,
         .fallback = "64",
         .help = "Space of the disk that is left alone: with less free senders get 503, and what "
                 "becomes of stored events can still be written.",
         .low = 0,
         .high = 1 << 20},
        {.name = "segment-events",
         .kind = Flag::Kind::integer,
         .fallback = "250000",
         .help = "Events in one file of the log.",
         .low = 100,
         .high = 10'000'000},
        {.name = "concurrency",
         .kind = Flag::Kind::integer,
         .fallback = "16",
         .help = "Requests to one subscriber at once.",
         .low = 1,
         .high = 1024},
    };
}

std::optional<Url> address_url(FlagValues const& flags) {
    std::string const& given = flags.text("address-url");
    if (given.empty())
        return std::nullopt;
    auto url = parse_url(given);
    if (!url)
        throw StartupError("--address-url: " + url.error().detail);
    if (url->target.contains('?'))
        throw StartupError("--address-url: \"" + given + "\" must have no query.");
    while (url->target.ends_with('/'))
        url->target.pop_back();
    return std::move(*url);
}

std::unique_ptr<Service> make_broker(ServiceContext const& context) {
    auto const make = [context] {
        return std::make_unique<BrokerService>(
            context, open_store(context.io.get_executor(), context.flags));
    };
    std::string const& text = context.flags.text("lease");
    if (text.empty())
        return make();
    auto name = parse_resource_name(text);
    if (!name)
        throw StartupError("--lease: " + name.error().detail);
    if (!is_in_kubernetes(context.flags))
        throw StartupError("--lease: a Lease is kept by Kubernetes; give --store kubernetes, too.");
    return std::make_unique<LeasedService>(
        context.io, open_store(context.io.get_executor(), context.flags),
        LeaseWish{std::move(*name), std::filesystem::path(context.flags.text("state")) / "lease"},
        make);
}

BrokerService::BrokerService(ServiceContext const& context, std::unique_ptr<ResourceStore> store)
    : io_(context.io),
      url_(context.url),
      address_(address_url(context.flags)),
      options_(controller_options(context.flags)),
      store_(std::move(store)),
      data_(data_folder(context.flags)),
      lock_(lock_folder(data_)),
      log_(log_options(data_, context.flags), segments_),
      totals_file_(data_ / "totals.db"),
      indexer_(segments_),
      matcher_({.version = log_.next_version_id(), .set = log_.next_set_id()}),
      recent_(recent_bytes_max, recent_age_max),
      reading_(io_.get_executor(), jobs_max, "log-reader"),
      searching_(io_.get_executor(), jobs_max, "searcher"),
      delivery_history_(segments_),
      search_history_(segments_),
      writer_(
          {.io = io_, .log = log_, .totals = totals_file_, .telemetry = context.telemetry}, {},
          [this](EventBatch const& batch) { stored(batch); }),
      acceptor_(writer_, matcher_),
      clients_(io_.get_executor(), client_options),
      dispatchers_(
          dispatcher_parts(),
          {.concurrency = static_cast<std::size_t>(context.flags.integer("concurrency"))}),
      ingress_(acceptor_, context.telemetry),
      news_({searching_, search_history_, dispatchers_, context.telemetry, io_.get_executor()}),
      api_(
          {.searching = searching_,
           .history = search_history_,
           .dispatchers = dispatchers_,
           .rates = rates_,
           .types = types_,
           .news = news_}),
      controller_(
          io_.get_executor(), *store_, [this](Catalog& catalog) { catalog_changed(catalog); }),
      tasks_(io_.get_executor()),
      head_(log_.next_seq() - 1),
      delivered_total_(context.telemetry.counter(
          "millrace_broker_delivered_total", "Deliveries that succeeded.")),
      failed_total_(context.telemetry.counter(
          "millrace_broker_failed_total", "Deliveries given up without a dead letter sink.")),
      dead_lettered_total_(context.telemetry.counter(
          "millrace_broker_dead_lettered_total", "Deliveries that ended at a dead letter sink.")),
      retried_total_(context.telemetry.counter(
          "millrace_broker_retried_total", "Attempts that failed and were to be repeated.")),
      pending_(context.telemetry.gauge(
          "millrace_broker_pending_deliveries", "Deliveries not yet made.")),
      triggers_(context.telemetry.gauge(
          "millrace_broker_triggers", "Triggers that events are asked by.")),
      queued_(context.telemetry.gauge(
          "millrace_broker_writer_queue_events", "Events waiting to be stored.")),
      log_bytes_(context.telemetry.gauge("millrace_broker_log_bytes", "Size of the event log.")) {}

BrokerService::~BrokerService() {
    // Threads end before what they use.
    writer_.stop();
    searching_.stop();
    reading_.stop();
    indexer_.stop();
}

DispatcherParts BrokerService::dispatcher_parts() {
    return {
        .io = io_,
        .clients = clients_,
        .writer = writer_,
        .reading = reading_,
        .history = delivery_history_,
        .recent = recent_,
        .store_reply =
            [this](StoredEventRef const& of, CloudEvent reply) {
                return acceptor_.accept_reply(of, std::move(reply));
            },
        .settled = [this](DeliveryState state) { settled(state); },
        .given_up = [this](std::uint64_t count) { given_up(count); },
        .retried = [this] { retried_total_.increment(); },
        .recorded = [this](DeliveryRecord const& record) { news_.recorded(record); }};
}

void BrokerService::stored(EventBatch const& batch) {
    SystemTime const now = system_now();
    SteadyTime const steady = steady_now();
    rates_.at(now).received += batch.size();
    head_ = batch.back()->seq;
    for (auto const& event : batch) {
        types_.count(event->event.type, now);
        if (!event->matches.empty())
            recent_.put(event, steady);
        news_.publish(*event);
    }
    indexer_.added(batch.size());
    dispatchers_.stored(batch);
}

void BrokerService::settled(DeliveryState state) {
    RatePoint& minute = rates_.at(system_now());
    if (state == DeliveryState::delivered) {
        ++minute.delivered;
        delivered_total_.increment();
        return;
    }
    ++minute.failed;
    (state == DeliveryState::failed ? failed_total_ : dead_lettered_total_).increment();
}

/// That is a failure like any other.
void BrokerService::given_up(std::uint64_t count) {
    rates_.at(system_now()).failed += count;
    failed_total_.increment(count);
}

void BrokerService::catalog_changed(Catalog& catalog) {
    auto const brokers = catalog.brokers();
    auto const triggers = catalog.triggers();
    matcher_.set_triggers(triggers);
    triggers_.set(static_cast<std::int64_t>(triggers.size()));
    dispatchers_.set_routes(triggers, catalog.unreadable_triggers(), head_);
    news_.triggers_changed();
    acceptor_.set_brokers(brokers);
    brokers_.clear();
    for (BrokerRoute const& broker : brokers)
        brokers_[broker.broker] = broker.fault;
}

SavedTotals BrokerService::saved_totals() {
    auto saved = totals_file_.read();
    if (saved)
        return std::move(*saved);
    log::error(
        "Counters cannot be read; what is to be delivered is read from the log.",
        {{"error", saved.error().detail}});
    SavedTotals nothing;
    nothing.is_whole = false;
    return nothing;
}

Task<void> BrokerService::start() {
    SavedTotals saved = saved_totals();
    rates_.restore(saved.rates);
    types_.restore(std::move(saved.types));
    std::int64_t const known_to = saved.is_whole ? saved.head : 0;
    // One pass for all triggers over what a killed broker had no time to count.
    auto matched = co_await reading_.run(
        [this, known_to] { return delivery_history_.matches(known_to, head_); });
    if (!matched)
        log::error(
            "Stored events cannot be read; each trigger looks for what it can get.",
            {{"error", matched.error().detail}});
    dispatchers_.restore(
        std::move(saved), matched ? std::optional(std::move(*matched)) : std::nullopt, head_);
    options_.base_url = address_ ? address_->origin() + address_->target : url_;
    controller_.start(options_);
    news_.begin_at(head_);
    tasks_.spawn_essential("live news", news_.run());
    tasks_.spawn_essential("save", save_each_second());
}

Task<void> BrokerService::save_each_second() {
    for (;;) {
        if (auto const slept = co_await sleep_for(1s); !slept)
            co_return;
        save();
    }
}

void BrokerService::save() {
    if (!controller_.is_synced())
        return;
    SavedTotals totals = dispatchers_.take_changed(segments_.list()->front().first_seq);
    totals.types = types_.take_changed();
    totals.rates = rates_.newest();
    bool const is_idle =
        totals.head == saved_head_ && totals.triggers.empty() && totals.forgotten_triggers.empty();
    saved_head_ = totals.head;
    if (!is_idle)
        writer_.save(std::move(totals));
    writer_.set_low_water(dispatchers_.low_water());
    std::uint64_t pending = 0;
    for (auto const& [trigger, delivery] : dispatchers_.all())
        pending += delivery->pending();
    pending_.set(static_cast<std::int64_t>(pending));
    queued_.set(static_cast<std::int64_t>(writer_.queued_events()));
    log_bytes_.set(writer_.bytes_on_disk());
}

Task<void> BrokerService::stop() {
    co_await controller_.stop();
    co_await dispatchers_.stop(stop_grace);
    co_await tasks_.stop();
    save();
    writer_.stop();
}

Task<HttpAnswer> BrokerService::handle(HttpRequest& request) {
    if (request.path.starts_with("/api/"))
        co_return co_await api_.handle(request);
    // Of /readyz what a pod is asked: a full disk is no reason to hide what the broker says of it.
    if (request.path == "/readyz/store" && controller_.is_synced())
        co_return text_answer(200, "ready\n");
    if (!controller_.is_synced()) {
        HttpAnswer answer = problem_answer(503, "unavailable", not_ready_reason());
        answer.headers.set("Retry-After", "1");
        co_return answer;
    }
    co_return co_await ingress_.handle(request);
}

std::string BrokerService::not_ready_reason() const {
    if (!controller_.is_synced())
        return controller_.not_synced_reason();
    std::string const trouble = writer_.trouble();
    return trouble.empty() ? "" : "The event log cannot be written: " + trouble;
}

Json BrokerService::status() const {
    Json brokers = Json::array();
    for (auto const& [broker, fault] : brokers_)
        brokers.push_back({{"broker", broker}, {"ready", fault.empty()}, {"reason", fault}});
    Json triggers = Json::array();
    for (auto const& [name, delivery] : dispatchers_.all())
        triggers.push_back(trigger_json(*delivery, dispatchers_.received(*delivery)));
    Json damages = Json::array();
    for (LogDamage const& damage : log_.damages())
        damages.push_back({{"file", damage.file.string()}, {"problem", damage.problem}});
    if (!totals_file_.trouble().empty())
        damages.push_back({{"file", "totals.db"}, {"problem", totals_file_.trouble()}});
    Json unreadable = Json::array();
    for (auto const& [trigger, problem] : controller_.catalog().unreadable_triggers())
        unreadable.push_back({{"trigger", trigger}, {"problem", problem}});
    Json watches = Json::array();
    for (auto const& [kind, standing] : controller_.catalog().standings())
        watches.push_back(
            {{"kind", kind.text()},
             {"complete", standing.has_told_all},
             {"trouble", standing.problem ? standing.problem->detail : ""}});
    return {
        {"ready", not_ready_reason().empty()},
        {"reason", not_ready_reason()},
        {"newestSeq", head_},
        {"unreadable", std::move(unreadable)},
        {"watches", std::move(watches)},
        {"defaultsTrouble", controller_.defaults_problem()},
        {"log",
         {{"segments", segments_.list()->size()},
          {"damages", std::move(damages)},
          {"bytes", writer_.bytes_on_disk()},
          {"queuedEvents", writer_.queued_events()},
          {"trouble", writer_.trouble()},
          {"lateTrouble", writer_.late_trouble()},
          {"indexTrouble", indexer_.trouble()}}},
        {"brokers", std::move(brokers)},
        {"triggers", std::move(triggers)}};
}

}  // namespace millrace::broker
