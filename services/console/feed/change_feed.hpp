// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <set>

#include "common/net/async_signal.hpp"
#include "common/net/sse_reader.hpp"
#include "console/api/api_context.hpp"
#include "console/feed/tab.hpp"
#include "console/feed/told_items.hpp"

namespace millrace::console {

/// The one place of the console that hears of changes, for all tabs together: a watch on the
/// store's objects, one stream of the broker (events, deliveries, counters), the functions' host,
/// and one look at what has no stream (sources each second, the overview each 5 s, the simulated
/// data centre after an event and each 2 s), each only while some tab wants it. Without tabs
/// nothing runs.
class ChangeFeed {
public:
    /// `context` outlives it.
    explicit ChangeFeed(ApiContext& context);

    /// Feeds the tabs until the task is stopped.
    Task<void> run();

    /// The stream of one tab. `alive` is asked each second; when false the stream says `end` and
    /// closes. `ended` is called once, when the answer has been sent or given up.
    HttpAnswer open(StreamWish wish, std::function<bool()> alive, std::function<void()> ended);

private:
    class Listening;
    static Task<void> run_tab(
        ChangeFeed& feed, StreamWish wish, std::function<bool()> alive, BodyWriter& writer);

    Task<void> run_while_listened_to();
    Task<void> follow_broker();
    Task<void> watch(ResourceKind const& kind, Selector selector, std::vector<Resource>& into);
    Task<void> tell_functions();
    Task<Result<void>> pause_look(bool was_wanted, milliseconds interval);
    Task<void> look_at_sources();
    Task<void> look_at_overview();
    Task<void> look_at_datacentre();

    Task<void> read_stream(BodyReader& body, SseReader& reader, void (ChangeFeed::*take)(SseItem));
    void take_broker(SseItem item);
    void take_event(SseItem const& item);
    void take_delivery(SseItem const& item);
    void take_trigger(SseItem const& item);
    void take_functions(Result<Json> functions);
    void take_resource(WatchEvent event, std::vector<Resource>& into);
    void functions_moved();
    void resync(std::string_view reason);
    void resync_pages(std::string_view reason);
    void tell(bool StreamWish::* topic, std::string const& formatted);
    bool is_wanted(bool StreamWish::* topic) const;
    void greet(Tab& tab);
    void forget();

    ApiContext& context_;
    std::list<Tab*> tabs_;  ///< on the stacks of their streams
    AsyncSignal tabs_changed_;
    AsyncSignal functions_changed_;
    AsyncSignal wishes_changed_;
    AsyncSignal inventory_moved_;  ///< an event came: the data centre may have changed
    EventWindow window_;
    FunctionFacts facts_;
    std::vector<Resource> source_objects_;
    std::set<std::string> unsynced_;  ///< kinds whose first listing is not complete
    bool running_ = false;
    bool host_heard_ = false;
    bool functions_moved_ = false;
    ToldItems functions_;
    ToldItems sources_;
    std::string overview_;    ///< as last told
    std::string datacentre_;  ///< as last told
};

}  // namespace millrace::console
