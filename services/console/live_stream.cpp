// SPDX-License-Identifier: Apache-2.0
#include "console/live_stream.hpp"

#include <map>

#include "common/base/encoding.hpp"
#include "common/net/sse.hpp"

namespace millrace::console {
namespace {

constexpr std::size_t queue_items_max = 1'000;
constexpr std::size_t events_a_second_max = 50;
constexpr milliseconds look_interval = 1s;
constexpr milliseconds silence_max = 60s;  // the broker pings each 15 s
constexpr std::size_t block_bytes_max = 4 << 20;

/// The value of a field ("id: 7") in one block of a stream.
std::string field_of(std::string_view block, std::string_view name) {
    std::string const prefix = std::string(name) + ": ";
    std::size_t at = 0;
    while (at < block.size()) {
        auto const end = std::min(block.find('\n', at), block.size());
        std::string_view const line = block.substr(at, end - at);
        if (line.starts_with(prefix))
            return std::string(line.substr(prefix.size()));
        at = end + 1;
    }
    return {};
}

/// The broker's word for "more came since Last-Event-ID than a stream is filled up with".
bool is_beyond_resume(std::string_view block) {
    auto const data = parse_json(field_of(block, "data"));
    return data && bool_at(*data, "more", false);
}

/// One tab's stream. Lives in the coroutine of run().
class LiveStream {
public:
    LiveStream(ApiContext& context, StreamWish wish, std::function<bool()> alive)
        : context_(context),
          wish_(std::move(wish)),
          alive_(std::move(alive)),
          queue_(context.executor, queue_items_max),
          tasks_(context.executor) {}

    Task<void> run(BodyWriter& writer) {
        queue_.push(": open\n\n");
        if (wish_.events)
            tasks_.spawn("stream events", pass_events());
        tasks_.spawn("stream changes", watch_changes());
        std::exception_ptr failure;
        try {
            co_await queue_.run(writer);
        } catch (std::exception const&) {
            failure = std::current_exception();
        }
        // However it ended, by an exception of the cancelled connection, too: the tasks use this
        // object.
        co_await asio::this_coro::reset_cancellation_state();
        co_await tasks_.stop();
        if (failure)
            std::rethrow_exception(failure);
    }

private:
    Task<void> pass_events();
    Task<void> pass_connection(BodyReader& reader);
    void pass_block(std::string block);
    void tell_left_out();
    Task<void> watch_changes();
    Task<void> look_at_functions();
    Task<void> look_at_sources();

    ApiContext& context_;
    StreamWish wish_;
    std::function<bool()> alive_;
    SseQueue queue_;
    std::map<std::string, std::string> functions_;
    std::map<std::string, std::string> sources_;
    SteadyTime second_;
    std::size_t in_second_ = 0;
    std::size_t left_out_ = 0;
    TaskGroup tasks_;
};

/// Once the second is over in which events were left out.
void LiveStream::tell_left_out() {
    if (steady_now() - second_ < 1s)
        return;
    second_ = steady_now();
    in_second_ = 0;
    if (left_out_ > 0)
        queue_.push(format_sse("dropped", "{\"n\":" + std::to_string(left_out_) + "}"));
    left_out_ = 0;
}

void LiveStream::pass_block(std::string block) {
    if (block.starts_with(':'))
        return;
    tell_left_out();
    if (std::string id = field_of(block, "id"); !id.empty())
        wish_.since = std::move(id);
    std::string const event = field_of(block, "event");
    if (event == "dropped" && is_beyond_resume(block)) {
        queue_.push(format_sse(
            "resync", R"({"reason":"Too many events came meanwhile; read the history."})"));
        return;
    }
    if (event == "event" && ++in_second_ > events_a_second_max) {
        ++left_out_;
        return;
    }
    queue_.push(std::move(block));
}

Task<void> LiveStream::pass_connection(BodyReader& reader) {
    std::string buffer;
    for (;;) {
        auto const piece = co_await reader.read(silence_max);
        if (!piece || piece->empty() || buffer.size() > block_bytes_max)
            co_return;
        buffer += *piece;
        for (auto end = buffer.find("\n\n"); end != std::string::npos; end = buffer.find("\n\n")) {
            pass_block(buffer.substr(0, end + 2));
            buffer.erase(0, end + 2);
        }
    }
}

/// Reconnects for as long as the tab listens; what came meanwhile is fetched by its number.
Task<void> LiveStream::pass_events() {
    for (;;) {
        auto connection = co_await context_.upstream.open(
            "broker", "/api/v1/stream?" + wish_.event_query, wish_.since);
        if (connection)
            co_await pass_connection(*connection->body);
        if (auto const slept = co_await sleep_for(look_interval); !slept)
            co_return;
    }
}

Task<void> LiveStream::look_at_functions() {
    FunctionFacts const facts = co_await gather_facts(context_);
    std::map<std::string, std::string> now;
    for (Resource const& service : facts.services)
        now[service.name().name] = dump_json(function_summary(facts, service));
    for (auto const& [name, summary] : now)
        if (functions_[name] != summary)
            queue_.push(format_sse("function", summary));
    for (auto const& [name, summary] : functions_)
        if (!now.contains(name))
            queue_.push(format_sse("functionDeleted", "{\"name\":" + dump_json(Json(name)) + "}"));
    functions_ = std::move(now);
}

Task<void> LiveStream::look_at_sources() {
    for (Json const& source : co_await list_sources(context_)) {
        std::string text = dump_json(source);
        std::string& told = sources_[string_at(source, "name")];
        if (told == text)
            continue;
        told = std::move(text);
        queue_.push(format_sse("source", told));
    }
}

Task<void> LiveStream::watch_changes() {
    for (;;) {
        if (!alive_()) {
            queue_.push(format_sse("end", R"({"code":"session.expired"})"));
            queue_.finish();
            co_return;
        }
        tell_left_out();
        if (wish_.functions)
            co_await look_at_functions();
        if (wish_.sources)
            co_await look_at_sources();
        if (auto const slept = co_await sleep_for(look_interval); !slept)
            co_return;
    }
}

/// Calls when the last copy of its owner goes.
struct AtEnd {
    explicit AtEnd(std::function<void()> what) : call(std::move(what)) {}
    AtEnd(AtEnd const&) = delete;
    AtEnd& operator=(AtEnd const&) = delete;
    ~AtEnd() { call(); }
    std::function<void()> call;
};

Task<void> run_stream(
    ApiContext& context, StreamWish wish, std::function<bool()> alive, BodyWriter& writer) {
    LiveStream stream(context, std::move(wish), std::move(alive));
    co_await stream.run(writer);
}

}  // namespace

std::optional<StreamWish> read_stream_wish(HttpRequest const& request) {
    StreamWish wish;
    std::string const topics = "," + request.query_value("topics") + ",";
    wish.events = topics.find(",events,") != std::string::npos;
    wish.functions = topics.find(",functions,") != std::string::npos;
    wish.sources = topics.find(",sources,") != std::string::npos;
    for (std::string const name : {"type", "subject", "source"})
        if (std::string const value = request.query_value(name); !value.empty())
            wish.event_query += name + "=" + percent_encode(value) + "&";
    std::string since(request.headers.get("last-event-id"));
    if (since.empty())
        since = request.query_value("since");
    if (since.size() <= 19 && since.find_first_not_of("0123456789") == std::string::npos)
        wish.since = std::move(since);
    if (!wish.events && !wish.functions && !wish.sources)
        return std::nullopt;
    return wish;
}

HttpAnswer open_live_stream(
    ApiContext& context, StreamWish wish, std::function<bool()> alive,
    std::function<void()> ended) {
    HttpAnswer answer;
    answer.headers.add("Content-Type", "text/event-stream");
    answer.headers.add("Cache-Control", "no-store");
    answer.headers.add("X-Accel-Buffering", "no");
    // Owned by the answer: a stream that is never written (HEAD, a peer that left) ends, too.
    answer.stream = [&context, wish = std::move(wish), alive = std::move(alive),
                     at_end = std::make_shared<AtEnd>(std::move(ended))](BodyWriter& writer) {
        return run_stream(context, wish, alive, writer);
    };
    return answer;
}

}  // namespace millrace::console
