// SPDX-License-Identifier: Apache-2.0
#include "router/router_service.hpp"

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "common/kube/directory/directory_store.hpp"
#include "common/kube/next_change.hpp"
#include "router/config/flag_store.hpp"

namespace millrace::router {
namespace {

/// Secrets and Brokers are read again this often: a new password or address needs no restart.
constexpr milliseconds reconcile_interval = 500ms;

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
        return std::make_unique<DirectoryStore>(
            context.io.get_executor(), context.flags.text("state"));
    auto store = FlagStore::make(context.flags);
    if (!store)
        throw StartupError(to_string(store.error()));
    return std::move(*store);
}

}  // namespace

std::vector<Flag> router_flags() {
    std::vector<Flag> flags = source_flags();
    std::vector<Flag> const own = {
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
    : context_(context),
      data_lock_(lock_folder(data_folder(context))),
      store_(make_store(context)),
      tasks_(context.io.get_executor()) {}

Task<HttpAnswer> RouterService::handle(HttpRequest& request) {
    if (request.path == "/api/v1/sources")
        co_return json_answer(200, dump_json(*find_json(status(), "sources")));
    co_return problem_answer(404, "notFound", "There is nothing at " + request.path + ".");
}

std::string RouterService::problem_of(Entry const& entry) const {
    if (!entry.problem.empty() || !entry.source)
        return entry.problem;
    return entry.source->report().problem;
}

std::string RouterService::not_ready_reason() const {
    if (!synced_)
        return "The sources have not been read yet.";
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
    Json status = Json::object();
    status["version"] = MILLRACE_VERSION;
    status["sources"] = std::move(sources);
    return status;
}

Task<void> RouterService::start() {
    tasks_.spawn_essential("watch sources", watch_sources());
    tasks_.spawn_essential("reconcile", reconcile());
    co_return;
}

Task<void> RouterService::stop() {
    co_await tasks_.stop();
    for (auto& [name, entry] : entries_)
        if (entry.source)
            co_await entry.source->stop();
}

Task<void> RouterService::watch_sources() {
    auto const watch = store_->watch(kinds::vsphere_source);
    while (auto event = co_await next_change(*watch)) {
        if (event->type == WatchEvent::Type::synced) {
            synced_ = true;
        } else if (event->type == WatchEvent::Type::deleted) {
            entries_[event->name].deleted = true;
        } else {
            Entry& entry = entries_[event->name];
            entry.deleted = false;
            entry.faults = std::move(event->faults);
            // One that cannot be read is still the one it was.
            if (event->type == WatchEvent::Type::added)
                entry.resource = std::move(event->resource);
        }
    }
}

Task<void> RouterService::reconcile() {
    for (;;) {
        // Only this task removes entries, so that none goes while it is worked on.
        std::vector<ResourceName> deleted;
        for (auto& [name, entry] : entries_) {
            if (entry.deleted)
                deleted.push_back(name);
            else
                co_await reconcile_one(name, entry);
        }
        for (ResourceName const& name : deleted)
            co_await forget(name);
        co_await write_statuses();
        if (auto const slept = co_await sleep_for(reconcile_interval); !slept)
            co_return;
    }
}

Task<void> RouterService::forget(ResourceName name) {
    auto const found = entries_.find(name);
    if (found->second.source)
        co_await found->second.source->stop();
    if (found->second.deleted)
        entries_.erase(found);
    else
        found->second.source.reset();
}

Task<Result<Url>> RouterService::resolve_sink(SourceSettings const& settings) {
    if (!settings.sink_uri.empty())
        co_return parse_url(settings.sink_uri);
    auto const broker = co_await store_->get(kinds::broker, settings.sink_broker);
    if (!broker)
        co_return std::unexpected(broker.error());
    std::string const url = string_at(broker->status(), "address/url");
    if (url.empty())
        co_return failure(
            ErrorCode::unavailable,
            "Broker " + settings.sink_broker.text() + " has no address yet.");
    co_return parse_url(url);
}

Task<Result<Credentials>> RouterService::read_credentials(SourceSettings const& settings) {
    auto const secret =
        co_await store_->get(kinds::secret, {settings.name.name_space, settings.secret_name});
    if (!secret)
        co_return std::unexpected(secret.error());
    auto values = secret_values(*secret);
    if (!values)
        co_return std::unexpected(values.error());
    if (!values->contains("username") || !values->contains("password"))
        co_return failure(
            ErrorCode::invalid,
            "Secret " + settings.secret_name + " must have username and password.");
    co_return Credentials{values->at("username"), Secret(values->at("password"))};
}

Task<Checked<VcenterReaderOptions>> RouterService::wanted_options(Entry const& entry) {
    auto settings = entry.faults.empty() ? parse_source(entry.resource)
                                         : Checked<SourceSettings>(std::unexpected(entry.faults));
    if (!settings)
        co_return std::unexpected(settings.error());
    auto credentials = co_await read_credentials(*settings);
    auto const sink = co_await resolve_sink(*settings);
    Faults faults;
    if (!credentials)
        faults.push_back({"secretRef", credentials.error().detail});
    if (!sink)
        faults.push_back({"sink", sink.error().detail});
    if (!faults.empty())
        co_return std::unexpected(faults);
    VcenterReaderOptions options;
    options.settings = std::move(*settings);
    options.credentials = std::move(*credentials);
    ResourceName const& name = options.settings.name;
    options.feed.name = name.text();
    options.feed.sink = *sink;
    options.feed.data_folder = data_folder(context_) / (name.name_space + "." + name.name);
    options.feed.delivery.lanes = static_cast<std::size_t>(context_.flags.integer("lanes"));
    options.page_size = static_cast<int>(context_.flags.integer("page-size"));
    options.feed.room = static_cast<std::size_t>(options.page_size);
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
    entry.source_uid = entry.resource.uid();
    entry.source->start();
    return {};
}

/// What cannot be read now stops nothing: a source that runs goes on as it was.
Task<void> RouterService::reconcile_one(ResourceName name, Entry& entry) {
    auto const fail = [&entry, &name](std::string problem) {
        if (entry.problem != problem)
            log::warn("Source cannot run.", {{"source", name.text()}, {"reason", problem}});
        entry.problem = std::move(problem);
    };
    auto options = co_await wanted_options(entry);
    if (!options)
        co_return fail(to_sentences(options.error()));
    // Of the same name and another uid: deleted and made again, and we saw only the end of it.
    bool const unchanged = entry.source && entry.source_uid == entry.resource.uid() &&
                           same_options(entry.source->options(), *options);
    if (unchanged) {
        entry.problem.clear();
        co_return;
    }
    if (entry.source) {
        auto const source = std::move(entry.source);
        co_await source->stop();
    }
    if (auto const runs = run_source(entry, std::move(*options)); !runs)
        co_return fail(runs.error().detail);
    entry.problem.clear();
}

Json RouterService::entry_status(Entry const& entry) const {
    Json status = entry.written_status.is_object() ? entry.written_status : Json::object();
    status["observedGeneration"] = entry.resource.generation();
    SourceReport const report = entry.source ? entry.source->report() : SourceReport();
    std::string const problem = problem_of(entry);
    bool const connected =
        entry.source && report.state != "Failing" && report.state != "Connecting";
    set_condition(
        status, "AuthReady", connected ? "True" : "Unknown", connected ? "" : "NotConnected", "");
    set_condition(
        status, "AdapterReady", entry.source ? "True" : "False", entry.source ? "" : "NotRunning",
        entry.source ? "" : problem);
    set_condition(
        status, "Ready", connected && problem.empty() ? "True" : "False",
        connected && problem.empty() ? "" : "NotReady", problem);
    if (entry.source) {
        Url const& sink = entry.source->options().feed.sink;
        status["sinkUri"] = sink.origin() + sink.target;
    }
    return status;
}

Task<void> RouterService::write_statuses() {
    for (auto& [name, entry] : entries_) {
        if (entry.deleted || !entry.faults.empty())
            continue;
        Json status = entry_status(entry);
        if (status == entry.written_status)
            continue;
        auto const put = co_await store_->put_status(kinds::vsphere_source, name, status);
        bool const is_over = put || put.error().code == ErrorCode::not_found;
        std::string const reason = is_over ? "" : put.error().detail;
        bool const is_told = std::exchange(entry.status_problem, reason) == reason;
        if (is_over)
            entry.written_status = std::move(status);
        else if (!is_told)
            log::warn("Status not written.", {{"source", name.text()}, {"reason", reason}});
    }
}

}  // namespace millrace::router
