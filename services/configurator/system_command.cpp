// SPDX-License-Identifier: Apache-2.0
// The appliance's System from a terminal, for who cannot reach the web page any more.
#include <boost/asio/detached.hpp>
#include <cstdio>
#include <iostream>

#include "common/base/json.hpp"
#include "common/base/typed_secret.hpp"
#include "common/net/http_client.hpp"
#include "configurator/command_line.hpp"
#include "configurator/commands.hpp"
#include "configurator/form/property.hpp"

namespace millrace::configurator {
namespace {

/// A change waits for what is under way; so does what applies it, for its steps.
constexpr seconds answer_limit{60};
constexpr seconds change_limit{300};
constexpr milliseconds look_period{200};

class SystemCommand {
public:
    explicit SystemCommand(FlagValues const& flags)
        : flags_(flags),
          client_(io_.get_executor(), over(flags.text("socket"))) {}

    int run() {
        asio::co_spawn(io_, perform(), [this](std::exception_ptr failure, int code) {
            if (failure)
                std::rethrow_exception(failure);
            exit_code_ = code;
            // The connection is kept for a next request that does not come.
            io_.stop();
        });
        io_.run();
        return exit_code_;
    }

private:
    static HttpClientOptions over(std::string socket) {
        HttpClientOptions options;
        options.unix_socket = std::move(socket);
        return options;
    }

    Task<int> perform() {
        if (flags_.boolean("keep"))
            co_return co_await post("confirm", "The changes are kept.");
        if (flags_.boolean("undo"))
            co_return co_await post("undo", "The changes are being undone.");
        if (flags_.boolean("renew-certificate"))
            co_return co_await begin("POST", "/renew-certificate", "");
        if (flags_.arguments.empty())
            co_return co_await show();
        co_return co_await change();
    }

    /// `pointer`: "/values/KEY".
    static void complain_of(std::string const& pointer, std::string const& problem) {
        std::string const key = pointer.substr(pointer.rfind('/') + 1);
        std::fprintf(stderr, "  %s: %s\n", key.c_str(), problem.c_str());
    }

    /// What it answered where that is 2xx; else nothing, and it was printed.
    Task<std::optional<Json>> ask(std::string method, std::string path, std::string body = {}) {
        HttpRequest request;
        request.method = std::move(method);
        request.body = std::move(body);
        Url const url{.host = "configurator", .port = "80", .target = "/api/v1/system" + path};
        auto const answer = co_await client_.send(url, request, answer_limit);
        if (!answer) {
            complain("The configurator does not answer: " + answer.error().detail);
            co_return std::nullopt;
        }
        Json json = parse_json(answer->body).value_or(Json::object());
        if (answer->status / 100 == 2)
            co_return json;
        is_unchanged_ = string_at(json, "code") == "system.unchanged";
        complain(string_at(json, "detail", "The configurator refuses it."));
        if (Json const* const errors = find_json(json, "errors"))
            for (Json const& error : *errors)
                complain_of(string_at(error, "pointer"), string_at(error, "detail"));
        co_return std::nullopt;
    }

    Task<int> post(std::string action, std::string done) {
        auto const answer = co_await ask("POST", "/" + action);
        if (answer)
            std::puts(done.c_str());
        co_return answer ? well : step_failed;
    }

    Task<int> show() {
        auto const system = co_await ask("GET", "");
        if (!system)
            co_return step_failed;
        for (auto const& [key, value] : find_json(*system, "values")->items())
            std::printf("%s=%s\n", key.c_str(), string_at(value, "").c_str());
        if (system->contains("trial"))
            std::puts("A change is on trial; --keep keeps it, --undo undoes it.");
        co_return well;
    }

    Task<int> change() {
        Json values = Json::object();
        for (std::string const& word : flags_.arguments)
            if (!read_value(word, values))
                co_return bad_input;
        co_return co_await begin("PUT", "", dump_json({{"values", std::move(values)}}));
    }

    /// A change, and what comes of it.
    Task<int> begin(std::string method, std::string path, std::string body) {
        if (!co_await ask(std::move(method), std::move(path), std::move(body)))
            co_return is_unchanged_ ? unchanged : step_failed;
        SteadyTime const until = steady_now() + change_limit;
        for (;;) {
            auto const system = co_await ask("GET", "");
            if (!system)
                co_return step_failed;
            if (!system->contains("trial"))
                co_return told_end(*system);
            if (string_at(*system, "trial/state") == "onTrial")
                co_return co_await keep_or_leave();
            if (steady_now() > until)
                co_return complain("The change takes too long; `system` says how it stands.");
            co_await sleep_for(look_period);
        }
    }

    /// "KEY=VALUE"; a secret's KEY alone is asked for, or its value would stand in the shell's
    /// history.
    static bool read_value(std::string const& word, Json& values) {
        auto const equals = word.find('=');
        std::string const key = word.substr(0, equals);
        Property const* const property = find_property(key);
        bool const is_secret = property != nullptr && property->secret;
        if (is_secret != (equals == std::string::npos)) {
            complain(
                is_secret ? key + " is asked for; give its name alone."
                          : "\"" + word + "\" must be KEY=VALUE.");
            return false;
        }
        values[key] = is_secret ? read_typed_secret(key + ": ").reveal() : word.substr(equals + 1);
        return true;
    }

    static int told_end(Json const& system) {
        bool const is_kept = string_at(system, "last/outcome") == "kept";
        std::string const problem = string_at(system, "last/problem");
        std::puts(is_kept ? "The changes are in force." : ("Undone: " + problem).c_str());
        return is_kept ? well : step_failed;
    }

    Task<int> keep_or_leave() {
        if (flags_.boolean("confirm"))
            co_return co_await post("confirm", "The changes are kept.");
        std::puts("In force, and undone by itself in a minute.");
        if (!is_typed()) {
            std::puts("`system --keep` keeps it.");
            co_return well;
        }
        std::fputs("Keep the changes? [y/N] ", stdout);
        std::fflush(stdout);
        std::string answer;
        std::getline(std::cin, answer);
        if (answer != "y" && answer != "yes")
            co_return co_await post("undo", "The changes are being undone.");
        co_return co_await post("confirm", "The changes are kept.");
    }

    FlagValues const& flags_;
    asio::io_context io_{1};
    HttpClient client_;
    bool is_unchanged_ = false;  ///< why it was refused
    int exit_code_ = well;
};

}  // namespace

int run_system(std::vector<std::string> const& words) {
    auto const flags =
        read_flags("system [KEY=VALUE | SECRET...]", words, system_flags(), Arguments::allowed);
    return flags ? SystemCommand(*flags).run() : flags.error();
}

}  // namespace millrace::configurator
