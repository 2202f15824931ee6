// SPDX-License-Identifier: Apache-2.0
#include "console/feed/change_feed.hpp"

#include <algorithm>
#include <utility>

#include "common/base/log.hpp"
#include "common/kube/kept_objects.hpp"
#include "common/kube/next_change.hpp"
#include "console/api/api_datacentre.hpp"
#include "console/api/api_overview.hpp"
#include "console/api/api_sources.hpp"
#include "console/api/whole_number.hpp"

namespace millrace::console {
namespace {

std::string resync_message(std::string_view reason) {
    return format_sse("resync", dump_json(Json{{"reason", reason}}));
}

constexpr milliseconds reconnect_pause = 1s;
constexpr milliseconds functions_interval = 500ms;
constexpr milliseconds sources_interval = 1s;
constexpr milliseconds overview_interval = 5s;
constexpr milliseconds datacentre_interval = 2s;
/// One deed in the data centre is a few events.
constexpr milliseconds settle_time = 200ms;
constexpr milliseconds silence_max = 60s;  // the services ping each 15 s
/// A page that is reloaded, or asks for other events, leaves and comes back at once.
constexpr milliseconds linger = 10s;
constexpr std::int64_t overview_minutes = 60;

/// Calls when the last copy of its owner goes.
struct AtEnd {
    explicit AtEnd(std::function<void()> what) : call(std::move(what)) {}
    AtEnd(AtEnd const&) = delete;
    AtEnd& operator=(AtEnd const&) = delete;
    ~AtEnd() { call(); }
    std::function<void()> call;
};

}  // namespace

/// One tab in the list for as long as its stream is written.
class ChangeFeed::Listening {
public:
    Listening(ChangeFeed& feed, Tab& tab)
        : feed_(feed),
          at_(feed.tabs_.insert(feed.tabs_.end(), &tab)) {
        feed_.greet(tab);
        feed_.tabs_changed_.notify();
        feed_.wishes_changed_.notify();
    }
    Listening(Listening const&) = delete;
    Listening& operator=(Listening const&) = delete;
    ~Listening() {
        feed_.tabs_.erase(at_);
        feed_.tabs_changed_.notify();
    }

private:
    ChangeFeed& feed_;
    std::list<Tab*>::iterator at_;
};

ChangeFeed::ChangeFeed(ApiContext& context)
    : context_(context),
      tabs_changed_(context.executor),
      functions_changed_(context.executor),
      wishes_changed_(context.executor),
      inventory_moved_(context.executor) {}

HttpAnswer ChangeFeed::open(
    StreamWish wish, std::function<bool()> alive, std::function<void()> ended) {
    HttpAnswer answer = sse_answer();
    // Owned by the answer: a stream that is never written (HEAD, a peer that left) ends, too.
    answer.stream = [this, wish = std::move(wish), alive = std::move(alive),
                     at_end = std::make_shared<AtEnd>(std::move(ended))](BodyWriter& writer) {
        return run_tab(*this, wish, alive, writer);
    };
    return answer;
}

Task<void> ChangeFeed::run_tab(
    ChangeFeed& feed, StreamWish wish, std::function<bool()> alive, BodyWriter& writer) {
    Tab tab(feed.context_.executor, std::move(wish));
    Listening const listening(feed, tab);
    co_await tab.run(writer, std::move(alive));
}

/// What is known already; the rest comes as it becomes known.
void ChangeFeed::greet(Tab& tab) {
    if (tab.wish().functions)
        for (auto const& [name, text] : functions_.all())
            tab.push(format_sse("function", text));
    if (tab.wish().sources)
        for (auto const& [name, text] : sources_.all())
            tab.push(format_sse("source", text));
    if (tab.wish().overview && !overview_.empty())
        tab.push(format_sse("overview", overview_));
    if (tab.wish().datacentre && !datacentre_.empty())
        tab.push(format_sse("datacentre", datacentre_));
    // Where it does not run yet, the broker will be asked for what each tab has missed.
    if (running_)
        tab.fill_up(window_);
}

Task<void> ChangeFeed::run() {
    for (;;) {
        while (tabs_.empty())
            if (auto const woken = co_await tabs_changed_.wait(std::chrono::hours(1)); !woken)
                co_return;
        TaskGroup tasks(context_.executor);
        running_ = true;
        tasks.spawn_essential("feed broker", follow_broker());
        tasks.spawn_essential("feed function host", context_.host.follow([this](Result<Json> now) {
            take_functions(std::move(now));
        }));
        unsynced_ = {"Service", "Trigger", "VSphereSource"};
        tasks.spawn_essential(
            "feed services", watch(kinds::service, context_.of_functions(), facts_.services));
        tasks.spawn_essential(
            "feed triggers", watch(kinds::trigger, context_.of_functions(), facts_.triggers));
        tasks.spawn_essential(
            "feed source objects", watch(kinds::vsphere_source, {}, source_objects_));
        tasks.spawn_essential("feed functions", tell_functions());
        tasks.spawn_essential("feed sources", look_at_sources());
        tasks.spawn_essential("feed overview", look_at_overview());
        tasks.spawn_essential("feed data centre", look_at_datacentre());
        co_await run_while_listened_to();
        bool const stopping = (co_await asio::this_coro::cancellation_state).cancelled() !=
                              asio::cancellation_type::none;
        co_await asio::this_coro::reset_cancellation_state();
        co_await tasks.stop();
        running_ = false;
        forget();
        if (stopping)
            co_return;
    }
}

/// Returns when there has been no tab for a while, or at the stop.
Task<void> ChangeFeed::run_while_listened_to() {
    SteadyTime left_at = SteadyTime::max();
    for (;;) {
        left_at = tabs_.empty() ? std::min(left_at, steady_now()) : SteadyTime::max();
        bool const is_over = tabs_.empty() && steady_now() - left_at >= linger;
        if (is_over)
            co_return;
        if (auto const woken =
                co_await tabs_changed_.wait(tabs_.empty() ? linger : milliseconds(1h));
            !woken)
            co_return;
    }
}

void ChangeFeed::forget() {
    window_.break_off();
    facts_ = {};
    source_objects_.clear();
    host_heard_ = false;
    functions_.clear();
    sources_.clear();
    overview_.clear();
    datacentre_.clear();
}

void ChangeFeed::tell(bool StreamWish::* topic, std::string const& formatted) {
    for (Tab* tab : tabs_)
        if (tab->wish().*topic)
            tab->push(formatted);
}

bool ChangeFeed::is_wanted(bool StreamWish::* topic) const {
    return std::ranges::any_of(tabs_, [topic](Tab const* tab) { return tab->wish().*topic; });
}

void ChangeFeed::resync(std::string_view reason) {
    std::string const message = resync_message(reason);
    for (Tab* tab : tabs_)
        tab->about_events(message);
}

/// To those who look at one event: lists go on behind what they have.
void ChangeFeed::resync_pages(std::string_view reason) {
    std::string const message = resync_message(reason);
    for (Tab* tab : tabs_)
        if (tab->wish().seq)
            tab->push(message);
}

Task<void> ChangeFeed::read_stream(
    BodyReader& body, SseReader& reader, void (ChangeFeed::*take)(SseItem)) {
    for (;;) {
        auto const piece = co_await body.read(silence_max);
        if (!piece || piece->empty() || !reader.feed(*piece))
            co_return;
        while (auto item = reader.next())
            (this->*take)(std::move(*item));
        // An id alone says where the stream begins.
        if (take == &ChangeFeed::take_broker && window_.rows().empty())
            if (auto const at = whole_number(reader.last_id()); at && !window_.covers(*at))
                window_.begin_after(*at);
    }
}

/// Goes on behind the last event it has; the first time behind the oldest place a tab asks for.
Task<void> ChangeFeed::follow_broker() {
    std::string last_id;
    for (Tab const* tab : tabs_)
        if (auto const& since = tab->wish().since;
            since && (last_id.empty() || *since < whole_number(last_id)))
            last_id = std::to_string(*since);
    if (auto const since = whole_number(last_id))
        window_.begin_after(*since);
    for (bool first = true;; first = false) {
        auto connection = co_await context_.upstream.open(
            "broker", "/api/v1/stream?topics=events,deliveries,triggers", last_id);
        if (connection) {
            if (first)
                resync_pages("What changed until now was not heard; read the event again.");
            else
                resync("The connection to the broker was interrupted; read the history.");
            SseReader reader;
            co_await read_stream(*connection->body, reader, &ChangeFeed::take_broker);
            if (!reader.last_id().empty())
                last_id = reader.last_id();
        }
        if (auto const slept = co_await sleep_for(reconnect_pause); !slept)
            co_return;
    }
}

void ChangeFeed::take_broker(SseItem item) {
    if (item.event == "event") {
        take_event(item);
    } else if (item.event == "delivery") {
        take_delivery(item);
    } else if (item.event == "trigger" || item.event == "triggers") {
        take_trigger(item);
    } else if (item.event == "dropped") {
        auto const data = parse_json(item.data);
        window_.break_off();
        if (data && bool_at(*data, "more", false))
            resync("Too many events came meanwhile; read the history.");
        else
            for (Tab* tab : tabs_)
                tab->about_events(format_sse("dropped", item.data));
    } else if (item.event == "resync") {
        for (Tab* tab : tabs_)
            tab->about_events(format_sse("resync", item.data));
    }
}

void ChangeFeed::take_event(SseItem const& item) {
    auto row = parse_json(item.data);
    auto const seq = whole_number(item.id);
    if (!row || !seq)
        return;
    inventory_moved_.notify();
    std::string const formatted = format_sse("event", item.data, item.id);
    for (Tab* tab : tabs_)
        tab->event(*seq, *row, formatted, steady_now());
    window_.add(*seq, std::move(*row));
}

void ChangeFeed::take_delivery(SseItem const& item) {
    auto const delivery = parse_json(item.data);
    auto const seq = delivery ? whole_number(string_at(*delivery, "seq")) : std::nullopt;
    Json const* counts = delivery ? find_json(*delivery, "deliveries") : nullptr;
    if (!seq || counts == nullptr)
        return;
    Json const* row = window_.update(*seq, *counts);
    std::string const formatted = format_sse("delivery", item.data);
    for (Tab* tab : tabs_)
        tab->delivery(*seq, row, formatted);
}

void ChangeFeed::take_trigger(SseItem const& item) {
    auto data = parse_json(item.data);
    if (!data)
        return;
    if (item.event == "triggers") {
        facts_.broker = items_of(*data);
    } else {
        std::string const name = string_at(*data, "trigger");
        auto const found = std::ranges::find_if(
            facts_.broker, [&name](Json const& one) { return string_at(one, "trigger") == name; });
        if (found == facts_.broker.end())
            facts_.broker.push_back(std::move(*data));
        else
            *found = std::move(*data);
    }
    functions_moved();
}

/// While nothing is known, what was known last stays beside the reason.
void ChangeFeed::take_functions(Result<Json> functions) {
    std::string const problem = functions ? "" : functions.error().detail;
    bool const is_same = host_heard_ && problem == facts_.host_problem &&
                         (!functions || *functions == facts_.functions);
    host_heard_ = true;
    facts_.host_problem = problem;
    if (functions)
        facts_.functions = std::move(*functions);
    if (!is_same)
        functions_moved();
    wishes_changed_.notify();
}

Task<void> ChangeFeed::watch(
    ResourceKind const& kind, Selector selector, std::vector<Resource>& into) {
    auto const watch = context_.store.watch(kind, std::move(selector));
    while (auto event = co_await next_change(*watch)) {
        if (event->type == WatchEvent::Type::synced)
            unsynced_.erase(std::string(kind.kind));
        else
            take_resource(std::move(*event), into);
        functions_moved();
        wishes_changed_.notify();
    }
}

/// A Service that is none of ours any more is gone from here.
void ChangeFeed::take_resource(WatchEvent event, std::vector<Resource>& into) {
    bool const is_foreign = &into == &facts_.services && !is_function(event.resource);
    if (event.type == WatchEvent::Type::added && is_foreign)
        event.type = WatchEvent::Type::deleted;
    keep(into, std::move(event));
}

void ChangeFeed::functions_moved() {
    functions_moved_ = true;
    functions_changed_.notify();
}

Task<void> ChangeFeed::tell_functions() {
    for (;;) {
        bool const is_complete =
            host_heard_ && !unsynced_.contains("Service") && !unsynced_.contains("Trigger");
        if (!functions_moved_ || !is_complete) {
            if (auto const woken = co_await functions_changed_.wait(std::chrono::hours(1)); !woken)
                co_return;
            continue;
        }
        functions_moved_ = false;
        std::map<std::string, std::string> now;
        for (Resource const& service : facts_.services)
            now.emplace(service.name().name, dump_json(function_detail(facts_, service)));
        auto const changes = functions_.replace(std::move(now));
        for (std::string const& text : changes.changed)
            tell(&StreamWish::functions, format_sse("function", text));
        for (std::string const& name : changes.removed)
            tell(
                &StreamWish::functions,
                format_sse("functionDeleted", dump_json(Json{{"name", name}})));
        if (auto const slept = co_await sleep_for(functions_interval); !slept)
            co_return;
    }
}

/// Waits until there may be something to look at again.
Task<Result<void>> ChangeFeed::pause_look(bool was_wanted, milliseconds interval) {
    return was_wanted ? sleep_for(interval) : wishes_changed_.wait(std::chrono::hours(1));
}

Task<void> ChangeFeed::look_at_sources() {
    for (;;) {
        bool const wanted = is_wanted(&StreamWish::sources) && !unsynced_.contains("VSphereSource");
        if (wanted) {
            auto const reports = co_await context_.upstream.get("router", "/api/v1/sources");
            std::map<std::string, std::string> now;
            for (Json const& source : source_views(source_objects_, reports))
                now.emplace(
                    string_at(source, "kind") + " " + string_at(source, "name"), dump_json(source));
            for (std::string const& text : sources_.replace(std::move(now)).changed)
                tell(&StreamWish::sources, format_sse("source", text));
        }
        if (auto const waited = co_await pause_look(wanted, sources_interval); !waited)
            co_return;
    }
}

Task<void> ChangeFeed::look_at_overview() {
    for (;;) {
        bool const wanted = is_wanted(&StreamWish::overview) && unsynced_.empty() && host_heard_;
        if (wanted) {
            auto const reports = co_await context_.upstream.get("router", "/api/v1/sources");
            std::string text = dump_json(co_await make_overview(
                context_, facts_, source_views(source_objects_, reports), overview_minutes));
            if (std::exchange(overview_, text) != text)
                tell(&StreamWish::overview, format_sse("overview", text));
        }
        if (auto const waited = co_await pause_look(wanted, overview_interval); !waited)
            co_return;
    }
}

/// The inventory is the simulator's own; where it does not answer, the page asks and is told why.
Task<void> ChangeFeed::look_at_datacentre() {
    for (;;) {
        bool const wanted = is_wanted(&StreamWish::datacentre);
        auto const datacentre = wanted ? co_await read_datacentre(context_)
                                       : Result<Json>(failure(ErrorCode::not_found, ""));
        std::string text = datacentre ? dump_json(*datacentre) : "";
        if (datacentre && std::exchange(datacentre_, text) != text)
            tell(&StreamWish::datacentre, format_sse("datacentre", text));
        auto const waited = wanted ? co_await inventory_moved_.wait(datacentre_interval)
                                   : co_await wishes_changed_.wait(std::chrono::hours(1));
        if (!waited)
            co_return;
        if (auto const slept = co_await sleep_for(settle_time); !slept)
            co_return;
    }
}

}  // namespace millrace::console
