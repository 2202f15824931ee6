// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/file.hpp"
#include "common/net/http_client.hpp"
#include "configurator/configurator.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/configurator/form/given_properties.hpp"
#include "tests/unit/configurator/recording_host.hpp"

namespace millrace::configurator::test {

/// The problem's code, of an answer with this status.
inline std::string problem_code(HttpResponse const& answer, int status) {
    INFO(answer.body);
    CHECK(answer.status == status);
    CHECK(answer.headers.get("content-type") == "application/problem+json");
    auto const problem = parse_json(answer.body);
    REQUIRE(problem);
    return string_at(*problem, "type").substr(std::string("urn:millrace:problem:").size());
}

/// What is said of each property in a 422.
inline std::map<std::string, std::string> errors_of(HttpResponse const& answer) {
    INFO(answer.body);
    CHECK(answer.status == 422);
    auto const problem = parse_json(answer.body);
    REQUIRE(problem);
    std::map<std::string, std::string> errors;
    for (Json const& error : problem->at("errors"))
        errors[string_at(error, "pointer")] = string_at(error, "detail");
    return errors;
}

/// The whole of `serve` on a real socket, but for the machine: that is a RecordingHost.
class SetupWorld {
public:
    static constexpr auto code = "K7QM-3RTX";

    /// `environment`: what the VM's form says; nothing: it has none.
    explicit SetupWorld(std::optional<PropertyTexts> const& environment = std::nullopt) {
        if (environment)
            write_environment(*environment);
        HttpClientOptions options;
        options.unix_socket = socket();
        client_.emplace(io.get_executor(), std::move(options));
        start();
    }
    SetupWorld(SetupWorld const&) = delete;
    SetupWorld& operator=(SetupWorld const&) = delete;
    ~SetupWorld() { stop(); }

    /// There where the machine is a copy.
    std::filesystem::path copy_mark() const { return folder.path() / "is-copy"; }
    std::string socket() const { return (folder.path() / "socket").string(); }

    void write_environment(PropertyTexts const& form) {
        std::string xml =
            R"(<Environment xmlns:oe="http://schemas.dmtf.org/ovf/environment/1"><PropertySection>)";
        for (auto const& [key, value] : form)
            xml +=
                "<Property oe:key=\"guestinfo." + key + "\" oe:value=\"" + value.reveal() + "\"/>";
        transports_.file = (folder.path() / "environment.xml").string();
        REQUIRE(write_file_atomic(
            transports_.file, xml + "</PropertySection></Environment>", 0600, Durability::process));
    }
    void start() {
        auto journal = Journal::open(folder.path() / "state");
        REQUIRE(journal);
        configurator_.emplace(
            io.get_executor(), std::move(*journal),
            Hosts{.configuration = host, .images = image_host},
            ConfiguratorOptions{
                .following =
                    Following{
                        .transports = transports_,
                        .boot_steps = {},
                        .status_file = folder.path() / "status.json",
                        .copy_mark = copy_mark(),
                        .on_sealed = [this] { ++times_sealed; }},
                .images =
                    ImageOptions{
                        .own = folder.path() / "own", .brought = folder.path() / "brought"},
                .api = ApiOptions{.code = code, .certificate = folder.path() / "console.crt"}});
        HttpServerOptions options;
        options.unix_socket = UnixSocket{.path = socket()};
        server_.emplace(io.get_executor(), std::move(options), [this](HttpRequest& request) {
            return configurator_->handle(request);
        });
        server_->start();
        tasks_.emplace(io.get_executor());
        tasks_->spawn("configurator", follow());
        tasks_->spawn("images", configurator_->keep_images());
    }
    void stop() { millrace::test::run_task(io, stop_all()); }

    Task<HttpResponse> call(
        std::string method, std::string target, std::string body = {}, std::string with = code) {
        HttpRequest request;
        request.method = std::move(method);
        request.body = std::move(body);
        if (!with.empty())
            request.headers.add("X-Millrace-Setup-Code", with);
        auto url = parse_url("http://configurator");
        REQUIRE(url);
        url->target = std::move(target);
        auto answer = co_await client_->send(*url, request, 60s);
        REQUIRE(answer);
        co_return std::move(*answer);
    }
    Task<Json> get(std::string target) {
        auto const answer = co_await call("GET", std::move(target));
        INFO(answer.body);
        REQUIRE(answer.status == 200);
        auto json = parse_json(answer.body);
        REQUIRE(json);
        co_return std::move(*json);
    }
    /// Asks until the state is this one.
    Task<Json> reach(std::string state) {
        auto const until = steady_now() + 60s;
        for (;;) {
            auto const answer = co_await call("GET", "/api/v1/status", "", "");
            auto status = parse_json(answer.body);
            REQUIRE(status);
            if (string_at(*status, "state") == state)
                co_return std::move(*status);
            if (steady_now() > until)
                FAIL("It is not " << state << " but " << answer.body);
            co_await sleep_for(10ms);
        }
    }

    asio::io_context io;
    millrace::test::TemporaryFolder folder;
    RecordingHost host;
    RecordingHost image_host;
    int times_sealed = 0;

private:
    Task<void> follow() {
        auto const ended = co_await configurator_->run();
        CHECK(ended);
    }
    Task<void> stop_all() {
        co_await server_->stop(1s);
        co_await tasks_->stop();
    }

    Transports transports_;
    std::optional<HttpClient> client_;
    std::optional<Configurator> configurator_;
    std::optional<HttpServer> server_;
    std::optional<TaskGroup> tasks_;
};

}  // namespace millrace::configurator::test
