// SPDX-License-Identifier: Apache-2.0
#include "console/host/runner_host.hpp"

#include "common/net/sse.hpp"
#include "common/net/sse_reader.hpp"

namespace millrace::console {
namespace {

constexpr milliseconds reconnect_pause = 1s;
constexpr milliseconds silence_max = 60s;  // the runner pings each 15 s

/// Tells what the runner's stream says until it ends.
Task<void> read_functions(BodyReader& body, FunctionHost::Told const& told) {
    SseReader reader;
    for (;;) {
        auto const piece = co_await body.read(silence_max);
        if (!piece || piece->empty() || !reader.feed(*piece))
            co_return;
        while (auto const item = reader.next()) {
            auto data = item->event == "functions" ? parse_json(item->data) : Result<Json>(Json());
            if (data && !data->is_null())
                told(data->is_array() ? std::move(*data) : items_of(*data));
        }
    }
}

/// A stream of the runner, passed on as it comes.
Task<void> pass_on(std::shared_ptr<BodyReader> reader, BodyWriter& writer) {
    for (;;) {
        auto const piece = co_await reader->read(silence_max);
        if (!piece || piece->empty())
            co_return;
        if (auto const written = co_await writer.write(*piece); !written)
            co_return;
    }
}

}  // namespace

RunnerHost::RunnerHost(Upstream& upstream, std::string name_space)
    : upstream_(upstream),
      name_space_(std::move(name_space)) {}

std::string RunnerHost::path_of(std::string const& function, std::string const& part) const {
    return "/api/v1/functions/" + name_space_ + "/" + function + part;
}

Task<Result<Json>> RunnerHost::functions(std::vector<Resource> const&) {
    auto const answer = co_await upstream_.get("runner", "/api/v1/functions");
    if (!answer)
        co_return std::unexpected(answer.error());
    co_return items_of(*answer);
}

Task<void> RunnerHost::follow(Told told) {
    for (;;) {
        auto connection = co_await upstream_.open("runner", "/api/v1/functions/stream");
        if (connection)
            co_await read_functions(*connection->body, told);
        else
            told(std::unexpected(connection.error()));
        if (auto const slept = co_await sleep_for(reconnect_pause); !slept)
            co_return;
    }
}

Task<Result<Json>> RunnerHost::revisions(Resource service) {
    auto const answer =
        co_await upstream_.get("runner", path_of(service.name().name, "/revisions"));
    if (!answer)
        co_return std::unexpected(answer.error());
    Json records = items_of(*answer);
    for (Json& record : records)
        record["traffic"] = bool_at(record, "serving", false) ? 100 : 0;
    co_return records;
}

Task<Result<Json>> RunnerHost::log(std::string function, std::int64_t lines) {
    auto const answer =
        co_await upstream_.get("runner", path_of(function, "/logs?tail=" + std::to_string(lines)));
    if (!answer)
        co_return std::unexpected(answer.error());
    co_return items_of(*answer);
}

Task<Result<HttpAnswer>> RunnerHost::follow_log(std::string function, std::int64_t lines) {
    auto stream = co_await upstream_.open(
        "runner", path_of(function, "/logs?tail=" + std::to_string(lines) + "&follow=1"));
    if (!stream)
        co_return std::unexpected(stream.error());
    HttpAnswer answer = sse_answer();
    answer.stream = [reader = std::shared_ptr<BodyReader>(std::move(stream->body))](
                        BodyWriter& writer) { return pass_on(reader, writer); };
    co_return answer;
}

/// Of the interpreters only a PowerShell is brought; the others are the machine's.
Task<Result<Json>> RunnerHost::platform() {
    auto const answer = co_await upstream_.get("runner", "/api/v1/runtimes");
    if (!answer)
        co_return std::unexpected(answer.error());
    Json platform = Json::array();
    for (Json const& runtime : items_of(*answer))
        if (std::string version = string_at(runtime, "version"); !version.empty())
            platform.push_back({{"name", "PowerShell"}, {"version", std::move(version)}});
    co_return platform;
}

}  // namespace millrace::console
