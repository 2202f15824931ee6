// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/router/router_rig.hpp"

#include <stdexcept>

#include "common/base/file.hpp"
#include "common/function/recipe.hpp"
#include "common/net/http_client.hpp"
#include "tests/support/run_task.hpp"

namespace millrace::bench {
namespace {

constexpr char const* token = "0123456789abcdef0123456789abcdef";
constexpr std::size_t file_bytes_max = 64 * 1024;
constexpr milliseconds start_limit = 30s;
constexpr nanoseconds drain_limit = 10min;
/// Fast, but with times that differ as a real history's do.
constexpr double backlog_rate = 200'000;

void must(bool done, std::string const& what) {
    if (!done)
        throw std::runtime_error(what);
}

Resource make_object(ResourceKind const& kind, std::string const& name, Json spec) {
    Resource resource;
    resource.object["apiVersion"] = kind.api_version();
    resource.object["kind"] = kind.kind;
    resource.object["metadata"] = {{"name", name}, {"namespace", "default"}};
    resource.object["spec"] = std::move(spec);
    return resource;
}

std::filesystem::path prepared(std::filesystem::path const& state) {
    must(
        make_directories(state / "run", 0700).has_value() &&
            write_file_atomic(state / "run" / "token", token, 0600).has_value(),
        "Cannot write to " + state.string());
    return state;
}

void copy_folder(std::filesystem::path const& from, std::filesystem::path const& to) {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

}  // namespace

RouterRig::RouterRig(RigOptions options)
    : options_(options),
      store_(io_.get_executor(), prepared(folder_.path())) {
    start_simulator();
    make_checkpoint();
    test::run_task(io_, make_backlog(), 120s);
}

RouterRig::~RouterRig() = default;

std::vector<std::string> RouterRig::words_of(
    std::string const& service, std::vector<std::string> more) const {
    auto const run = folder_.path() / "run";
    std::vector<std::string> words = {
        std::string(MILLRACE_BINARY_DIR) + "/millrace-" + service,
        "--state=" + folder_.path().string(),
        "--address-file=" + (run / (service + ".json")).string(),
        "--api-token-file=" + (run / "token").string(), "--log-level=warn"};
    words.insert(words.end(), more.begin(), more.end());
    std::filesystem::remove(run / (service + ".json"));
    return words;
}

Task<void> RouterRig::wait_for_file(std::filesystem::path file) const {
    SteadyTime const deadline = steady_now() + start_limit;
    while (!std::filesystem::exists(file)) {
        must(steady_now() < deadline, "There is still no " + file.string());
        co_await sleep_for(5ms);
    }
}

void RouterRig::start_simulator() {
    auto const run = folder_.path() / "run";
    std::vector<std::string> more = {
        "--no-story", "--vcenter-address-file=" + (run / "vcenter.json").string(),
        "--certificate-file=" + (run / "vcenter.pem").string()};
    if (!options_.tls)
        more.emplace_back("--no-tls");
    simulator_ = std::make_unique<MeasuredProcess>(
        words_of("simulator", std::move(more)), folder_.path() / "simulator.log");
    test::run_task(io_, wait_for_file(run / "vcenter.json"));
    test::run_task(io_, wait_for_file(run / "simulator.json"));
}

std::string RouterRig::url_in(std::string const& file) const {
    auto const text = read_file(folder_.path() / "run" / file, file_bytes_max);
    auto const json = text ? parse_json(*text) : Result<Json>(Json());
    return json ? string_at(*json, "url") : "";
}

Task<Json> RouterRig::call(std::string method, std::string path, Json body) {
    auto const url = parse_url(url_in("simulator.json") + path);
    must(url.has_value(), "The simulator's address is unreadable.");
    HttpRequest request;
    request.method = std::move(method);
    request.headers.add("Authorization", std::string("Bearer ") + token);
    if (!body.is_null())
        request.body = dump_json(body);
    HttpClient client(io_.get_executor(), {});
    auto const answer = co_await client.send(*url, request, 30s);
    auto json = answer ? parse_json(answer->body) : Result<Json>(std::unexpected(answer.error()));
    must(
        json && answer->status < 300,
        path + ": " + (answer ? answer->body : answer.error().detail));
    co_return std::move(*json);
}

/// The burst's first and last key stand in the ledger around it.
Task<void> RouterRig::make_backlog() {
    auto const length = integer_at(co_await call("GET", "/api/v1/ledger?limit=1", {}), "total");
    Json burst = Json::object();
    burst["count"] = options_.events;
    burst["entities"] = options_.entities;
    burst["ratePerSecond"] = backlog_rate;
    burst["class"] = "VmPoweredOnEvent";
    co_await call("POST", "/api/v1/bursts", std::move(burst));
    for (std::int64_t emitted = 0; emitted < options_.events;) {
        co_await sleep_for(50ms);
        Json const bursts = co_await call("GET", "/api/v1/bursts", {});
        emitted = integer_at(find_json(bursts, "items")->front(), "emitted").value_or(0);
    }
    Json const page = co_await call(
        "GET", "/api/v1/ledger?limit=1&from=" + std::to_string(length.value_or(0)), {});
    auto const first = integer_at(find_json(page, "items")->front(), "key");
    first_key_ = static_cast<std::int32_t>(first.value_or(0));
    last_key_ = static_cast<std::int32_t>(first_key_ + options_.events - 1);
}

Task<void> RouterRig::put_source(std::uint16_t sink_port) {
    auto const pem = read_file(folder_.path() / "run" / "vcenter.pem", file_bytes_max);
    Json spec = Json::object();
    spec["address"] = url_in("vcenter.json");
    spec["caCerts"] = options_.tls ? pem.value_or("") : "";
    spec["secretRef"] = {{"name", "vcenter"}};
    spec["sink"] = {{"uri", "http://127.0.0.1:" + std::to_string(sink_port) + "/"}};
    auto const secret = co_await store_.apply(
        kinds::secret,
        make_secret(
            {"default", "vcenter"}, {{"username", Secret("administrator@vsphere.local")},
                                     {"password", Secret("millrace")}}));
    auto const source = co_await store_.apply(
        kinds::vsphere_source, make_object(kinds::vsphere_source, "vcenter", std::move(spec)));
    must(secret && source, "The source cannot be stored.");
}

std::unique_ptr<MeasuredProcess> RouterRig::start_router() const {
    return std::make_unique<MeasuredProcess>(
        words_of("router", {}), folder_.path() / "router.log", options_.router_cpu);
}

Task<void> RouterRig::wait_for_source() {
    co_await wait_for_file(folder_.path() / "run" / "router.json");
    auto const url = parse_url(url_in("router.json") + "/status");
    must(url.has_value(), "The router's address is unreadable.");
    HttpClient client(io_.get_executor(), {});
    SteadyTime const deadline = steady_now() + start_limit;
    for (std::string state; state != "Waiting";) {
        must(steady_now() < deadline, "The router does not get on: " + state);
        co_await sleep_for(10ms);
        HttpRequest request;
        request.headers.add("Authorization", std::string("Bearer ") + token);
        auto const answer = co_await client.send(*url, request, 2s);
        auto const json = answer ? parse_json(answer->body) : Result<Json>(Json());
        Json const* sources = json ? find_json(*json, "sources") : nullptr;
        if (sources != nullptr && !sources->empty())
            state = string_at(sources->front(), "state");
    }
}

void RouterRig::make_checkpoint() {
    LatencySink const nobody({.first_key = 0, .last_key = 0});
    test::run_task(io_, put_source(nobody.port()));
    auto const router = start_router();
    test::run_task(io_, wait_for_source());
    router->stop();
    copy_folder(folder_.path() / "router", folder_.path() / "checkpoint");
}

Drain RouterRig::drain(nanoseconds sink_latency, bool sink_takes_batches) {
    copy_folder(folder_.path() / "checkpoint", folder_.path() / "router");
    LatencySink sink(
        {.latency = sink_latency,
         .first_key = first_key_,
         .last_key = last_key_,
         .takes_batches = sink_takes_batches});
    test::run_task(io_, put_source(sink.port()));
    auto const router = start_router();
    bool const all_came = sink.wait_for_all(drain_limit);
    auto const cpu = std::chrono::duration<double>(router->cpu_time()).count();
    Drain drain;
    drain.peak_mib = router->peak_mib();
    router->stop();
    SinkResult const result = sink.stop();
    auto const events = static_cast<double>(result.distinct);
    must(all_came && result.duplicates == 0, [&] {
        return "A run that loses or doubles events has no figures: " +
               std::to_string(result.distinct) + " of " + std::to_string(options_.events) +
               " came, " + std::to_string(result.duplicates) + " twice.";
    }());
    drain.events_per_s = events / result.seconds;
    drain.cpu_us_per_event = cpu * 1e6 / events;
    drain.bytes_per_event = static_cast<double>(result.bytes) / events;
    drain.events_per_request = events / static_cast<double>(result.requests);
    drain.cpu_share = cpu / result.seconds;
    return drain;
}

}  // namespace millrace::bench
