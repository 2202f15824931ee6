// SPDX-License-Identifier: Apache-2.0
// The console in the cluster, as a browser uses it: a function from a recipe, its states in plain
// words, its log as it comes, its revisions, its end.
#include <iostream>

#include "common/base/encoding.hpp"
#include "common/base/json.hpp"
#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/cluster/receiver.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr milliseconds answer_limit = 20s;

HttpClientOptions trusting_options() {
    HttpClientOptions options;
    options.tls = TlsContext::client({.verify = false, .authorities_pem = {}}).value();
    return options;
}

/// One browser that has signed in.
class Browser {
public:
    explicit Browser(asio::io_context& io)
        : client_(io.get_executor(), trusting_options()),
          origin_(
              "https://10.200.0.1:" +
              in_cluster("kubectl get service millrace-console --namespace millrace "
                         "--output 'jsonpath={.spec.ports[0].nodePort}'")) {}

    Task<void> sign_in() {
        std::string const password =
            base64_decode(in_cluster("kubectl get secret millrace-console --namespace millrace "
                                     "--output 'jsonpath={.data.password}'"))
                .value();
        Json login = Json::object();
        login["user"] = "admin";
        login["password"] = password;
        auto const answer = co_await send("POST", "/session", std::move(login));
        REQUIRE(answer.status == 201);
        std::string const set(answer.headers.get("set-cookie"));
        cookie_ = set.substr(0, set.find(';'));
    }

    Task<HttpResponse> send(
        std::string method, std::string path, Json body = {}, std::string etag = {}) {
        auto const request = make_request(std::move(method), std::move(body), std::move(etag));
        auto const url = parse_url(origin_ + "/api/v1" + path).value();
        auto answer = co_await client_.send(url, request, answer_limit);
        INFO(path);
        INFO((answer ? answer->body : answer.error().detail));
        REQUIRE(answer);
        REQUIRE(answer->status < 500);
        co_return std::move(*answer);
    }

    Task<Json> get(std::string path) {
        auto const answer = co_await send("GET", path);
        REQUIRE(answer.status == 200);
        co_return parse_json(answer.body).value();
    }

    Task<std::unique_ptr<BodyReader>> open(std::string path) {
        auto const request = make_request("GET", {}, {});
        auto answer = co_await client_.open(
            parse_url(origin_ + "/api/v1" + path).value(), request, answer_limit);
        REQUIRE(answer);
        REQUIRE(answer->status == 200);
        co_return std::move(answer->body);
    }

private:
    HttpRequest make_request(std::string method, Json body, std::string etag) const {
        HttpRequest request;
        request.method = std::move(method);
        if (!cookie_.empty())
            request.headers.add("Cookie", cookie_);
        if (request.method != "GET") {
            request.headers.add("X-Requested-With", "millrace");
            request.headers.add("Origin", origin_);
        }
        if (!etag.empty())
            request.headers.add("If-Match", std::move(etag));
        if (!body.is_null()) {
            request.headers.add("Content-Type", "application/json");
            request.body = dump_json(body);
        }
        return request;
    }

    HttpClient client_;
    std::string origin_;
    std::string cookie_;
};

/// Looks until the function has one of `states`; the function as it is then.
Task<Json> wait_for_state(Browser& browser, std::string name, std::string states, seconds limit) {
    SteadyTime const begun = steady_now();
    for (;;) {
        Json function = co_await browser.get("/functions/" + name);
        if (states.find(string_at(function, "state")) != std::string::npos) {
            std::cout << name << ": " << string_at(function, "state") << " after "
                      << std::chrono::duration_cast<milliseconds>(steady_now() - begun).count()
                      << " ms\n";
            co_return function;
        }
        INFO(dump_json(function));
        REQUIRE(steady_now() - begun < limit);
        co_await sleep_for(100ms);
    }
}

/// Reads the stream until it has said `what`.
Task<void> wait_for_text(BodyReader& stream, std::string what) {
    std::string text;
    while (text.find(what) == std::string::npos) {
        auto const piece = co_await stream.read(30s);
        INFO(text);
        REQUIRE(piece);
        REQUIRE(!piece->empty());
        text += *piece;
    }
}

Json files_of(std::string const& code) {
    Json file = Json::object();
    file["path"] = "handler.py";
    file["content"] = code;
    Json body = Json::object();
    body["files"].push_back(std::move(file));
    return body;
}

/// Saves code as the page does: what it has read is what it replaces.
Task<void> save_code(Browser& browser, std::string name, std::string code) {
    auto const now = co_await browser.send("GET", "/functions/" + name + "/files");
    auto const saved = co_await browser.send(
        "PUT", "/functions/" + name + "/files", files_of(code),
        std::string(now.headers.get("etag")));
    REQUIRE(saved.status == 200);
}

Task<void> check_console(asio::io_context& io) {
    HttpClient client(io.get_executor(), {});
    Browser browser(io);
    co_await browser.sign_in();
    auto const made = co_await browser.send(
        "POST", "/functions",
        parse_json(R"({"name":"test-console","recipe":"echo","triggers":[)"
                   R"({"types":["test.console"],"attributes":[]}]})")
            .value());
    INFO(made.body);
    REQUIRE(made.status == 201);
    co_await wait_for_state(browser, "test-console", "Running Idle", 60s);
    kubectl("wait trigger/test-console --for=condition=Ready --timeout=30s");

    auto const log = co_await browser.open("/functions/test-console/logs/stream");
    co_await post_event(client, broker_url(), "console-1", "test.console", 30s);
    co_await wait_for_text(*log, "test.console");

    co_await save_code(browser, "test-console", "def handle(event)\n    pass\n");
    Json const broken = co_await wait_for_state(browser, "test-console", "Failing Error", 60s);
    CHECK(string_at(broken, "cause").find("SyntaxError") != std::string::npos);
    // The revision that loads goes on.
    co_await post_event(client, broker_url(), "console-2", "test.console", 30s);

    co_await save_code(
        browser, "test-console", "def handle(event):\n    print('second', event.id)\n");
    co_await wait_for_state(browser, "test-console", "Running Idle", 60s);
    co_await post_event(client, broker_url(), "console-3", "test.console", 30s);
    co_await wait_for_text(*log, "second console-3");
    Json const lines = co_await browser.get("/functions/test-console/logs");
    CHECK(dump_json(lines).find("second console-3") != std::string::npos);

    Json const revisions =
        *find_json(co_await browser.get("/functions/test-console/revisions"), "items");
    REQUIRE(revisions.size() == 3);
    CHECK(integer_at(revisions[0], "traffic") == 100);
    CHECK(string_at(revisions[1], "state") == "Error");
    Json const function = co_await browser.get("/functions/test-console");
    CHECK(integer_at(function, "calls").value_or(0) >= 3);

    auto const removed = co_await browser.send("DELETE", "/functions/test-console");
    CHECK(removed.status == 204);
}

}  // namespace

TEST_CASE("Cluster: the console makes a function, tells its states, its log and its revisions") {
    asio::io_context io;
    run_task(io, check_console(io), 300s);
    std::string const left = kubectl("get ksvc,trigger,configmap,secret --output name");
    CHECK(left.find("test-console") == std::string::npos);
}
