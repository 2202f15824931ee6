// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/console/console_world.hpp"

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

constexpr milliseconds answer_limit = 20s;
constexpr char const* token = "0123456789abcdef0123456789abcdef";

HttpClientOptions trusting_options() {
    HttpClientOptions options;
    auto tls = TlsContext::client({.verify = false, .authorities_pem = {}});
    REQUIRE(tls);
    options.tls = std::move(*tls);
    return options;
}

}  // namespace

ConsoleWorld::ConsoleWorld(std::vector<std::string> console_flags)
    : store(io.get_executor(), folder.path()),
      client(io.get_executor(), trusting_options()),
      console(launch_of("console", with_web(std::move(console_flags)))),
      broker(launch_of("broker", {})),
      runner(launch_of(
          "runner", {"host", "--runtimes=" MILLRACE_SOURCE_DIR "/services/runner/runtimes"})) {
    REQUIRE(make_directories(folder.path() / "run", 0700));
    REQUIRE(make_directories(folder.path() / "web/assets", 0700));
    REQUIRE(write_file_atomic(folder.path() / "run/token", token, 0600));
    REQUIRE(write_file_atomic(folder.path() / "web/index.html", "<title>console</title>", 0600));
    REQUIRE(write_file_atomic(folder.path() / "web/assets/app.js", "start()", 0600));
}

ConsoleWorld::~ConsoleWorld() {
    for (ChildService* service : {&console, &runner, &broker}) {
        service->kill_hard();
        std::string const log = service->log();
        for (char const* sign : {"Sanitizer", "runtime error:", "assertion failed"})
            if (std::size_t const at = log.find(sign); at != std::string::npos)
                FAIL_CHECK(log.substr(at < 200 ? 0 : at - 200, 6000));
    }
}

std::vector<std::string> ConsoleWorld::with_web(std::vector<std::string> flags) const {
    flags.push_back("--web=" + (folder.path() / "web").string());
    flags.emplace_back("--recipes=" MILLRACE_SOURCE_DIR "/appliance/functions");
    flags.push_back("--login-url-file=" + (folder.path() / "run/login-url").string());
    return flags;
}

ChildLaunch ConsoleWorld::launch_of(
    std::string const& service, std::vector<std::string> more) const {
    std::filesystem::path const run = folder.path() / "run";
    ChildLaunch launch;
    launch.program = std::filesystem::path(MILLRACE_BINARY_DIR) / ("millrace-" + service);
    launch.log_file = folder.path() / (service + ".log");
    launch.address_file = run / (service + ".json");
    launch.arguments = std::move(more);
    launch.arguments.push_back("--state=" + folder.path().string());
    launch.arguments.push_back("--address-file=" + launch.address_file.string());
    launch.arguments.push_back("--api-token-file=" + (run / "token").string());
    for (std::string const& argument : launch.arguments)
        if (argument.starts_with("--listen="))
            launch.has_listen_flag = false;
    // TLS on another address than it can be asked at: that it listens has to be enough.
    if (!launch.has_listen_flag)
        launch.probe.clear();
    return launch;
}

std::string ConsoleWorld::login_code() const {
    auto const url = read_file(folder.path() / "run/login-url", 4096);
    REQUIRE(url);
    auto const at = url->find("#code=");
    REQUIRE(at != std::string::npos);
    return url->substr(at + 6, url->size() - at - 7);
}

Task<void> ConsoleWorld::sign_in() {
    co_await console.start();
    auto const answer =
        co_await call("POST", "/api/v1/session", R"({"code":")" + login_code() + "\"}");
    INFO(answer.body);
    REQUIRE(answer.status == 201);
    std::string const set(answer.headers.get("set-cookie"));
    cookie = set.substr(0, set.find(';'));
}

HttpRequest ConsoleWorld::request(std::string method, std::string body) const {
    HttpRequest request;
    request.method = std::move(method);
    if (!cookie.empty())
        request.headers.add("Cookie", cookie);
    if (request.method != "GET" && request.method != "HEAD") {
        request.headers.add("X-Requested-With", "millrace");
        request.headers.add("Origin", console.url());
    }
    if (!body.empty())
        request.headers.add("Content-Type", "application/json");
    request.body = std::move(body);
    return request;
}

Task<HttpResponse> ConsoleWorld::send(std::string target, HttpRequest request) {
    auto url = parse_url(console.url());
    REQUIRE(url);
    url->target = std::move(target);
    auto answer = co_await client.send(*url, request, answer_limit);
    if (!answer)
        FAIL(url->target << ": " << answer.error().detail << "\n" << console.log());
    co_return std::move(*answer);
}

Task<HttpResponse> ConsoleWorld::call(std::string method, std::string path, std::string body) {
    return send(std::move(path), request(std::move(method), std::move(body)));
}

Task<std::unique_ptr<BodyReader>> ConsoleWorld::open(std::string target, HttpRequest request) {
    auto url = parse_url(console.url());
    REQUIRE(url);
    url->target = std::move(target);
    auto answer = co_await client.open(*url, request, answer_limit);
    REQUIRE(answer);
    REQUIRE(answer->status == 200);
    CHECK(answer->headers.get("content-type") == "text/event-stream");
    CHECK(answer->headers.get("x-accel-buffering") == "no");
    co_return std::move(answer->body);
}

Task<void> ConsoleWorld::put(ResourceKind const& kind, std::string name, std::string spec) {
    auto parsed = parse_json(spec);
    REQUIRE(parsed);
    Resource resource;
    resource.object["apiVersion"] = kind.api_version();
    resource.object["kind"] = kind.kind;
    resource.object["metadata"] = {{"name", name}, {"namespace", "default"}};
    resource.object["spec"] = std::move(*parsed);
    auto const applied = co_await store.apply(kind, std::move(resource));
    REQUIRE(applied);
}

Task<void> ConsoleWorld::post(HttpRequest event) {
    event.method = "POST";
    auto const url = parse_url(broker.url() + "/default/default");
    REQUIRE(url);
    auto const answer = co_await client.send(*url, event, answer_limit);
    REQUIRE(answer);
    REQUIRE(answer->status == 202);
}

Task<void> ConsoleWorld::post_event(std::string id) {
    HttpRequest event;
    event.headers = {
        {"ce-specversion", "1.0"}, {"ce-id", id}, {"ce-source", "/test"}, {"ce-type", "test"}};
    return post(std::move(event));
}

Task<void> ConsoleWorld::post_batch(int count) {
    Json list = Json::array();
    for (int i = 0; i < count; ++i)
        list.push_back(
            {{"specversion", "1.0"},
             {"id", std::to_string(i)},
             {"source", "/test"},
             {"type", "t"}});
    HttpRequest events;
    events.headers = {{"content-type", "application/cloudevents-batch+json"}};
    events.body = dump_json(list);
    return post(std::move(events));
}

Json json_of(HttpResponse const& answer) {
    INFO(answer.body);
    auto json = parse_json(answer.body);
    REQUIRE(json);
    return std::move(*json);
}

std::string problem_code(HttpResponse const& answer, int status) {
    INFO(answer.body);
    CHECK(answer.status == status);
    CHECK(answer.headers.get("content-type") == "application/problem+json");
    CHECK(answer.headers.get("cache-control") == "no-store");
    check_security_headers(answer);
    Json const problem = json_of(answer);
    CHECK(integer_at(problem, "status") == status);
    CHECK_FALSE(string_at(problem, "title").empty());
    CHECK_FALSE(string_at(problem, "detail").empty());
    std::string code = string_at(problem, "code");
    CHECK(string_at(problem, "type") == "urn:millrace:problem:" + code);
    return code;
}

void check_security_headers(HttpResponse const& answer) {
    std::string const policy(answer.headers.get("content-security-policy"));
    CHECK(policy.starts_with("default-src 'none'; script-src 'self'"));
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(answer.headers.get("x-content-type-options") == "nosniff");
    CHECK(answer.headers.get("referrer-policy") == "no-referrer");
    CHECK(answer.headers.get("cross-origin-opener-policy") == "same-origin");
    CHECK(answer.headers.get("cross-origin-resource-policy") == "same-origin");
    CHECK(answer.headers.contains("permissions-policy"));
}

Task<std::optional<EventReader::Item>> EventReader::next() {
    for (;;) {
        auto const end = buffer_.find("\n\n");
        if (end == std::string::npos) {
            auto const piece = co_await body_->read(answer_limit);
            REQUIRE(piece);
            if (piece->empty())
                co_return std::nullopt;
            buffer_ += *piece;
            continue;
        }
        std::string const block = buffer_.substr(0, end + 1);
        buffer_.erase(0, end + 2);
        if (block.starts_with(':'))
            continue;
        auto const field = [&block](std::string const& name) {
            auto const at = ("\n" + block).find("\n" + name + ": ");
            if (at == std::string::npos)
                return std::string();
            auto const begin = at + name.size() + 2;
            return block.substr(begin, block.find('\n', begin) - begin);
        };
        auto data = parse_json(field("data"));
        REQUIRE(data);
        co_return Item{field("event"), field("id"), std::move(*data)};
    }
}

}  // namespace millrace::test
