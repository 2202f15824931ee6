// SPDX-License-Identifier: Apache-2.0
#include "router/router_service.hpp"

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "common/kube/next_change.hpp"
#include "common/kube/store/store_choice.hpp"
#include "router/config/flag_store.hpp"
#include "router/config/source_references.hpp"
#include "router/source/source_status.hpp"

namespace millrace::router {
namespace {

constexpr char const* unsynced = "The sources have not been read yet.";
/// A source with a problem is looked at this often without a notice: not everything it stands on is
/// watched (a password file).
constexpr milliseconds second_look = 2s;
/// How often the status of a source that reads shows its newest event: a write for many events.
constexpr milliseconds figures_pause = 30s;
/// Starting and stopping waits for other machines: one source keeps no other waiting.
constexpr std::size_t concurrent_sources = 16;

Json report_json(SourceReport const& report) {
    Json json = Json::object();
    json["state"] = report.state;
    json["problem"] = report.problem;
    json["apiVersion"] = report.api_version;
    bool const any = report.last_event_time != SystemTime();
    json["lastEventTime"] = any ? Json(format_rfc3339(report.last_event_time)) : Json();
    bool const begun = report.low_water != SystemTime();
    json["deliveredUntil"] = begun ? Json(format_rfc3339(report.low_water)) : Json();
    json["lagMs"] = report.lag ? Json(report.lag->count()) : Json();
    json["received"] = report.received;
    json["delivered"] = report.delivered;
    json["deadLettered"] = report.dead_lettered;
    json["duplicatesDropped"] = report.duplicates_dropped;
    json["unreadable"] = report.unreadable;
    json["blocked"] = report.blocked;
    json["checkpoint"] = report.checkpoint_note;
    json["requests"] = report.requests;
    json["retries"] = report.retries;
    json["inFlight"] = report.in_flight;
    json["logins"] = report.logins;
    return json;
}

std::filesystem::path data_folder(ServiceContext const& context) {
    return std::filesystem::path(context.flags.text("state")) / "router";
}

bool same_url(Url const& a, Url const& b) {
    return a.origin() == b.origin() && a.target == b.target;
}

bool same_options(VcenterReaderOptions const& a, VcenterReaderOptions const& b) {
    return a.settings == b.settings && same_url(a.feed.sink, b.feed.sink) &&
           a.credentials.user == b.credentials.user &&
           a.credentials.password.matches(b.credentials.password.reveal());
}

std::unique_ptr<ResourceStore> make_store(ServiceContext const& context) {
    if (!FlagStore::is_wanted(context.flags))
        return open_store(context.io.get_executor(), context.flags);
    auto store = FlagStore::make(context.flags);
    if (!store)
        throw StartupError(to_string(store.error()));
    return std::move(*store);
}

}  // namespace

std::vector<Flag> router_flags() {
    std::vector<Flag> flags = source_flags();
    std::vector<Flag> const own = {
        store_flag(),
        {.name = "lanes",
         .kind = Flag::Kind::integer,
         .fallback = "64",
         .help = "Connections to the sink, and requests in flight.",
         .low = 1,
         .high = 1024},
        {.name = "page-size",
         .kind = Flag::Kind::integer,
         .fallback = "500",
         .help = "Events asked for at once.",
         .low = 1,
         .high = 1000},
    };
    flags.insert(flags.end(), own.begin(), own.end());
    return flags;
}

RouterService::RouterService(ServiceContext context)
    : RouterService(context, make_store(context)) {}

RouterService::RouterService(ServiceContext context, std::unique_ptr<ResourceStore> store)
    : context_(context),
      data_lock_(lock_folder(data_folder(context))),
      store_(std::move(store)),
      reconciler_(
          context.io.get_executor(), {.name = "sources", .concurrent_max = concurrent_sources},
          [this](ResourceName name) { return reconcile(std::move(name)); }),
      horizon_sources_(context.io.get_executor(), *store_, kinds::horizon_source),
      webhook_sources_(context.io.get_executor(), *store_, kinds::webhook_source),
      watches_(context.io.get_executor()) {}

Task<HttpAnswer> RouterService::handle(HttpRequest& request) {
    if (request.path == "/api/v1/sources")
        co_return json_answer(200, dump_json(*find_json(status(), "sources")));
    if (request.path == "/readyz/store")
        co_return store_readiness();
    co_return problem_answer(404, "notFound", "There is nothing at " + request.path + ".");
}

/// One check of /readyz alone, as Kubernetes' own programs have them: a vCenter that does not
/// answer is no reason to call the router's pod unready, which would hide what it has to say of
/// that.
HttpAnswer RouterService::store_readiness() const {
    return synced_ ? text_answer(200, "ready\n") : text_answer(503, std::string(unsynced) + "\n");
}

std::string RouterService::problem_of(Entry const& entry) const {
    if (!entry.problem.empty() || !entry.source)
        return entry.problem;
    return entry.source->report().problem;
}

std::string RouterService::not_ready_reason() const {
    if (!synced_)
        return unsynced;
    for (auto const& [name, entry] : entries_) {
        if (std::string problem = problem_of(entry); !problem.empty())
            return name.text() + ": " + problem;
        if (!entry.source)
            return name.text() + ": it is being started.";
    }
    return {};
}

Json RouterService::status() const {
    Json sources = Json::array();
    for (auto const& [name, entry] : entries_) {
        Json source = entry.source ? report_json(entry.source->report()) : Json::object();
        if (!entry.source)
            source["state"] = entry.problem.empty() ? "Connecting" : "Failing";
        source["problem"] = problem_of(entry);
        source["name"] = name.name;
        source["namespace"] = name.name_space;
        source["kind"] = "VSphereSource";
        source["address"] = string_at(entry.resource.spec(), "address");
        sources.push_back(std::move(source));
    }
    for (UnreadSources const* unread : {&horizon_sources_, &webhook_sources_})
        for (Json& report : unread->reports())
            sources.push_back(std::move(report));
    Json status = Json::object();
    status["version"] = MILLRACE_VERSION;
    status["sources"] = std::move(sources);
    return status;
}

Task<void> RouterService::start() {
    reconciler_.start();
    horizon_sources_.start();
    webhook_sources_.start();
    watches_.spawn_essential("watch sources", watch_sources());
    watches_.spawn_essential("watch secrets", watch_references(kinds::secret));
    watches_.spawn_essential("watch brokers", watch_references(kinds::broker));
    watches_.spawn_essential("tell figures", tell_figures());
    co_return;
}

Task<void> RouterService::stop() {
    co_await watches_.stop();
    co_await horizon_sources_.stop();
    co_await webhook_sources_.stop();
    co_await reconciler_.stop();
    for (auto& [name, entry] : entries_)
        if (entry.source)
            co_await entry.source->stop();
}

Task<void> RouterService::watch_sources() {
    auto const watch = store_->watch(kinds::vsphere_source, {});
    while (auto event = co_await next_change(*watch)) {
        if (event->type == WatchEvent::Type::synced)
            synced_ = true;
        else
            take(std::move(*event));
    }
}

void RouterService::take(WatchEvent event) {
    Entry& entry = entries_[event.name];
    // Our own status, written back to us, is no change.
    bool const is_same = event.type == WatchEvent::Type::added && entry.is_readable &&
                         !entry.deleted &&
                         content_hash(event.resource) == content_hash(entry.resource);
    if (is_same)
        return;
    entry.deleted = event.type == WatchEvent::Type::deleted;
    if (event.type == WatchEvent::Type::added) {
        entry.is_readable = true;
        entry.resource = std::move(event.resource);
        entry.settings = parse_source(entry.resource);
    } else if (event.type == WatchEvent::Type::invalid) {
        // One that cannot be read is still the one it was.
        entry.is_readable = false;
        entry.settings = std::unexpected(std::move(event.faults));
    }
    look_again(event.name, entry);
}

void RouterService::look_again(ResourceName const& name, Entry& entry) {
    entry.to_bring_up = true;
    reconciler_.add(name);
}

Task<void> RouterService::watch_references(ResourceKind const& kind) {
    auto const watch = store_->watch(kind, {});
    while (auto const event = co_await next_change(*watch))
        for (auto& [name, entry] : entries_)
            if (entry.settings && refers_to(*entry.settings, kind, event->name))
                look_again(name, entry);
}

Task<void> RouterService::tell_figures() {
    for (;;) {
        if (auto const slept = co_await sleep_for(figures_pause); !slept)
            co_return;
        for (auto const& [name, entry] : entries_)
            if (entry.source && entry.source->report().last_event_time != entry.told_event_time)
                reconciler_.add(name);
    }
}

Task<Result<Reconciler::InLine>> RouterService::reconcile(ResourceName name) {
    auto const found = entries_.find(name);
    if (found == entries_.end())
        co_return Reconciler::InLine();
    if (found->second.deleted) {
        co_await forget(name);
        co_return Reconciler::InLine();
    }
    Entry& entry = found->second;
    if (std::exchange(entry.to_bring_up, false) || !problem_of(entry).empty())
        co_await bring_up(entry);
    if (auto const written = co_await write_status(entry); !written)
        co_return failure(
            written.error().code, "Its status cannot be written: " + written.error().detail);
    if (!entry.problem.empty())
        co_return failure(ErrorCode::unavailable, entry.problem);
    bool const has_doubt = !problem_of(entry).empty();
    co_return Reconciler::InLine{
        .after = has_doubt ? std::optional<nanoseconds>(second_look) : std::nullopt};
}

/// Only this removes entries, of the name that is worked on.
Task<void> RouterService::forget(ResourceName name) {
    auto const found = entries_.find(name);
    if (found->second.source)
        co_await found->second.source->stop();
    if (found->second.deleted)
        entries_.erase(found);
    else
        found->second.source.reset();  // It is back, and looked at once more.
}

Task<Checked<VcenterReaderOptions>> RouterService::wanted_options(SourceSettings settings) {
    auto references = co_await read_references(*store_, settings);
    if (!references)
        co_return std::unexpected(references.error());
    VcenterReaderOptions options;
    options.settings = std::move(settings);
    options.credentials = std::move(references->credentials);
    ResourceName const& name = options.settings.name;
    options.feed.name = name.text();
    options.feed.sink = references->sink;
    options.feed.data_folder = data_folder(context_) / (name.name_space + "." + name.name);
    options.feed.delivery.lanes = static_cast<std::size_t>(context_.flags.integer("lanes"));
    options.page_size = static_cast<int>(context_.flags.integer("page-size"));
    options.feed.room = static_cast<std::size_t>(options.page_size);
    options.changed = [this, name] {
        if (auto const found = entries_.find(name); found != entries_.end())
            look_again(name, found->second);
    };
    co_return options;
}

Result<void> RouterService::run_source(Entry& entry, VcenterReaderOptions options) {
    if (auto made = make_directories(options.feed.data_folder, 0700); !made)
        return made;
    try {
        entry.source = std::make_unique<VcenterReader>(
            context_.io.get_executor(), std::move(options), types_, context_.telemetry);
    } catch (StartupError const& error) {
        return failure(ErrorCode::storage, error.what());
    }
    entry.source->start();
    return {};
}

/// What cannot be read now stops nothing: a source that runs goes on as it was.
Task<void> RouterService::bring_up(Entry& entry) {
    std::string const uid = entry.resource.uid();
    auto options = entry.settings
                       ? co_await wanted_options(*entry.settings)
                       : Checked<VcenterReaderOptions>(std::unexpected(entry.settings.error()));
    if (!options) {
        entry.problem = to_sentences(options.error());
        co_return;
    }
    // Of the same name and another uid: deleted and made again, and we saw only the end of it.
    bool const is_same_object = entry.source_uid == uid;
    bool const unchanged =
        entry.source && is_same_object && same_options(entry.source->options(), *options);
    entry.problem.clear();
    if (unchanged)
        co_return;
    if (entry.source) {
        auto const source = std::move(entry.source);
        co_await source->stop();
    }
    if (!is_same_object)
        entry.status.forget();
    entry.source_uid = uid;
    if (auto const runs = run_source(entry, std::move(*options)); !runs)
        entry.problem = runs.error().detail;
}

Json RouterService::wanted_status(Entry const& entry) const {
    SourceStanding standing{.problem = problem_of(entry), .is_running = entry.source != nullptr};
    if (entry.source) {
        standing.report = entry.source->report();
        Url const& sink = entry.source->options().feed.sink;
        standing.sink = sink.origin() + sink.target;
    }
    return source_status(entry.status.basis(entry.resource), entry.resource.generation(), standing);
}

Task<Result<void>> RouterService::write_status(Entry& entry) {
    // One that cannot be read keeps the status it has.
    if (entry.deleted || !entry.is_readable)
        co_return Result<void>();
    if (entry.source)
        entry.told_event_time = entry.source->report().last_event_time;
    co_return co_await entry.status.put(
        *store_, kinds::vsphere_source, entry.resource, wanted_status(entry));
}

}  // namespace millrace::router
