// SPDX-License-Identifier: Apache-2.0
#include "common/service/service.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <thread>

#include "common/base/file.hpp"
#include "common/net/http_client.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/raw_exchange.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr char const* token = "0123456789abcdef";

/// A service that says what it was asked, and is not ready when its flag says so.
class Echo final : public Service {
public:
    explicit Echo(ServiceContext context) : context_(context) {}

    Task<HttpAnswer> handle(HttpRequest& request) override {
        co_return text_answer(200, "asked " + request.path);
    }
    std::string not_ready_reason() const override { return context_.flags.text("reason"); }
    Json status() const override { return {{"url", context_.url}}; }
    Task<void> start() override {
        context_.telemetry.counter("starts_total", "Starts.").increment();
        co_return;
    }
    Task<void> stop() override { co_return; }

private:
    ServiceContext context_;
};

ServiceDescription description() {
    ServiceDescription echo;
    echo.name = "echo";
    echo.usage = "millrace-echo [--flag ...]";
    echo.flags = {{.name = "reason", .help = "Why it is not ready."}};
    echo.make = [](ServiceContext context) { return std::make_unique<Echo>(context); };
    return echo;
}

struct Ended {
    int code = -1;
    std::string output;  ///< standard output and error
};

/// Runs `code` with standard output and error in a file.
template <class Code>
Ended run_captured(Code code) {
    TemporaryFolder const folder;
    auto const path = folder.path() / "output";
    FileDescriptor const file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    std::fflush(stdout);
    FileDescriptor const out(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    FileDescriptor const err(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
    REQUIRE(::dup2(file.get(), STDOUT_FILENO) >= 0);
    REQUIRE(::dup2(file.get(), STDERR_FILENO) >= 0);
    Ended ended;
    ended.code = code();
    std::fflush(stdout);
    REQUIRE(::dup2(out.get(), STDOUT_FILENO) >= 0);
    REQUIRE(::dup2(err.get(), STDERR_FILENO) >= 0);
    ended.output = read_file(path, 1 << 20).value();
    return ended;
}

int run_main(ServiceDescription const& of, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "millrace-echo");
    std::vector<char*> pointers;
    for (std::string& argument : arguments)
        pointers.push_back(argument.data());
    return run_service(of, static_cast<int>(pointers.size()), pointers.data());
}

Ended run(std::vector<std::string> const& arguments) {
    return run_captured([&] { return run_main(description(), arguments); });
}

/// The service on a thread of its own, until SIGTERM.
class Running {
public:
    explicit Running(std::vector<std::string> more, ServiceDescription of = description()) {
        REQUIRE(write_file_atomic(folder_.path() / "token", std::string(token) + "\n", 0600));
        more.push_back("--api-token-file=" + (folder_.path() / "token").string());
        more.push_back("--address-file=" + (folder_.path() / "address").string());
        more.push_back("--log-level=error");
        thread_ = std::thread([this, of = std::move(of), arguments = std::move(more)] {
            code_ = run_main(of, arguments);
        });
        run_task(io_, wait_until_it_answers());
    }
    ~Running() {
        if (thread_.joinable())
            stop();
    }
    Running(Running const&) = delete;
    Running& operator=(Running const&) = delete;

    HttpResponse get(std::string const& path, Headers headers = {}) {
        HttpRequest request;
        request.headers = std::move(headers);
        HttpResponse got;
        run_task(
            io_,
            [](Running& of, std::string at, HttpRequest asked, HttpResponse& to) -> Task<void> {
                auto answer = co_await of.client_.send(of.url(at), asked, 20s);
                REQUIRE(answer);
                to = std::move(*answer);
            }(*this, path, request, got));
        return got;
    }
    int stop() {
        ::kill(::getpid(), SIGTERM);
        thread_.join();
        return code_;
    }
    std::uint16_t port() const {
        std::string const text = url("/").port;
        std::uint16_t number = 0;
        auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
        REQUIRE((code == std::errc() && end == text.data() + text.size()));
        return number;
    }
    Json address() const {
        return parse_json(read_file(folder_.path() / "address", 4096).value()).value();
    }

private:
    Url url(std::string const& path) const {
        return parse_url(string_at(address(), "url") + path).value();
    }
    Task<void> wait_until_it_answers() {
        while (!std::filesystem::exists(folder_.path() / "address"))
            co_await sleep_for(1ms);
        // Its signals are caught once it serves.
        while (!co_await client_.send(url("/healthz"), HttpRequest(), 20s))
            co_await sleep_for(1ms);
    }

    asio::io_context io_;
    HttpClient client_{io_.get_executor(), {}};
    TemporaryFolder folder_;
    std::thread thread_;
    int code_ = -1;
};

Headers bearer(std::string const& word) {
    return {{"Authorization", "Bearer " + word}};
}

}  // namespace

TEST_CASE("Service: its help and its version are told, and nothing is started") {
    Ended const help = run({"--help"});
    CHECK(help.code == 0);
    CHECK(help.output.starts_with("Usage: millrace-echo [--flag ...]\n"));
    for (auto const* flag :
         {"--listen TEXT", "--state TEXT", "--log-level debug|info|warn|error", "--reason TEXT"}) {
        INFO(help.output);
        CHECK(help.output.find(flag) != std::string::npos);
    }
    CHECK(run({"--version"}).output == MILLRACE_VERSION "\n");
}

TEST_CASE("Service: every fault of the command line is told, and it ends with 2") {
    Ended const ended = run({"--listn=x", "--log-level=loud"});
    CHECK(ended.code == 2);
    CHECK(
        ended.output.find("--listn: There is no such flag. Did you mean --listen?\n") !=
        std::string::npos);
    CHECK(
        ended.output.find("--log-level: \"loud\" is not one of debug|info|warn|error.\n") !=
        std::string::npos);
    Ended const word = run({"start"});
    CHECK(word.code == 2);
    CHECK(word.output.starts_with("start: There is no such argument."));
    CHECK(word.output.find("There are only flags: --listen --address-file") != std::string::npos);
}

TEST_CASE("Service: an address that is none is told, and it ends with 2") {
    for (auto const* listen :
         {"", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+80",
          "127.0.0.1: 80", "127.0.0.1:80x", "127.0.0.1:0x50"}) {
        Ended const ended = run({"--listen=" + std::string(listen)});
        INFO(ended.output);
        CHECK(ended.code == 2);
        CHECK(ended.output.find("Cannot start.") != std::string::npos);
        CHECK(ended.output.find("must be ADDRESS:PORT, such as 127.0.0.1:0.") != std::string::npos);
    }
}

TEST_CASE("Service: a token that is not there or too short is told by its flag, and not shown") {
    TemporaryFolder const folder;
    std::string const file = (folder.path() / "token").string();
    Ended const missing = run({"--api-token-file=" + file});
    CHECK(missing.code == 2);
    CHECK(missing.output.find("--api-token-file: There is no file " + file) != std::string::npos);
    REQUIRE(write_file_atomic(file, "geheim\r\n\n", 0600));
    Ended const brief = run({"--api-token-file=" + file});
    CHECK(brief.code == 2);
    CHECK(brief.output.find("must hold at least 16 characters.") != std::string::npos);
    CHECK(brief.output.find("geheim") == std::string::npos);
}

TEST_CASE("Service: an address file that cannot be written is told by its flag") {
    Ended const ended = run({"--address-file=/proc/none/address"});
    CHECK(ended.code == 2);
    CHECK(ended.output.find("--address-file: Cannot create ") != std::string::npos);
}

TEST_CASE("Service: --check tells every fault of the objects and starts nothing") {
    ServiceDescription checked = description();
    checked.make = nullptr;
    checked.check = [](FlagValues const& flags) -> Faults {
        if (flags.text("reason").empty())
            return {};
        return {{"a.yaml:1", "is bad."}, {"b.yaml:2", flags.text("reason")}};
    };
    auto const check = [&](std::vector<std::string> const& arguments) {
        return run_captured([&] { return run_main(checked, arguments); });
    };
    Ended const good = check({"--check"});
    CHECK(good.code == 0);
    CHECK(good.output.empty());
    Ended const bad = check({"--check", "--reason=is worse."});
    CHECK(bad.code == 2);
    CHECK(bad.output == "a.yaml:1: is bad.\nb.yaml:2: is worse.\n");
    // A service without objects has no such flag.
    CHECK(run({"--check"}).code == 2);
}

TEST_CASE("Service: probes and metrics are open, its API and status need the token") {
    Running service({});
    CHECK(service.get("/healthz").body == "ok\n");
    CHECK(service.get("/readyz").body == "ready\n");
    CHECK(service.get("/hooks").body == "asked /hooks");
    HttpResponse const metrics = service.get("/metrics");
    CHECK(metrics.headers.get("content-type") == "text/plain; version=0.0.4");
    CHECK(metrics.body.find("starts_total 1\n") != std::string::npos);
    for (auto const* path : {"/status", "/api/v1/x"}) {
        INFO(path);
        CHECK(service.get(path).status == 401);
        CHECK(service.get(path, bearer("another-word-of-16")).status == 401);
        CHECK(service.get(path, bearer(token)).status == 200);
    }
    CHECK(service.get("/status").body.find(token) == std::string::npos);
    CHECK(service.stop() == 0);
}

TEST_CASE("Service: one that checks who calls itself has its API open, and its metrics closed") {
    ServiceDescription own = description();
    own.own_authentication = true;
    Running service({}, std::move(own));
    CHECK(service.get("/api/v1/x").body == "asked /api/v1/x");
    for (auto const* path : {"/metrics", "/status"}) {
        INFO(path);
        CHECK(service.get(path).status == 401);
        CHECK(service.get(path, bearer(token)).status == 200);
    }
}

TEST_CASE("Service: what it is not ready for is told with 503") {
    Running service({"--reason=The store cannot be read."});
    HttpResponse const ready = service.get("/readyz");
    CHECK(ready.status == 503);
    CHECK(ready.body == "The store cannot be read.\n");
    CHECK(service.get("/healthz").status == 200);
}

TEST_CASE("Service: a page's own host name is misdirected, but for probes and allowed names") {
    Running service({"--host=Events.Example.com"});
    auto const line = [&](std::string const& path, std::string const& host) {
        std::string answer;
        asio::io_context io;
        run_task(
            io,
            [](std::uint16_t port, std::string sent, std::string& to)
                -> Task<void> { to = co_await exchange_raw(port, std::move(sent)); }(
                    service.port(),
                    "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n",
                    answer));
        return answer.substr(0, answer.find('\r'));
    };
    CHECK(line("/hooks", "evil.example") == "HTTP/1.1 421 Misdirected Request");
    CHECK(line("/metrics", "evil.example") == "HTTP/1.1 421 Misdirected Request");
    CHECK(line("/readyz", "evil.example") == "HTTP/1.1 200 OK");
    CHECK(line("/hooks", "events.example.com:8080") == "HTTP/1.1 200 OK");
    CHECK(line("/hooks", "localhost") == "HTTP/1.1 200 OK");
}

TEST_CASE("Service: the address file has where it listens and who it is, for its owner alone") {
    Running service({"--listen=127.0.0.1:0"});
    Json const address = service.address();
    CHECK(string_at(address, "url").starts_with("http://127.0.0.1:"));
    CHECK(integer_at(address, "pid") == ::getpid());
    CHECK(
        parse_json(service.get("/status", bearer(token)).body)->value("url", "") ==
        string_at(address, "url"));
}
