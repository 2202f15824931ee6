// SPDX-License-Identifier: Apache-2.0
// The configurator's API for the browser's tests, with a machine that only records what is done to
// it: setup_machine SOCKET FOLDER ENVIRONMENT CODE. Setting the passwords fails four times, which
// is as often as a step is tried by itself. Ends with SIGTERM.
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>

#include "configurator/configurator.hpp"
#include "tests/unit/configurator/recording_host.hpp"

using namespace millrace;
using namespace millrace::configurator;

namespace {

Task<void> run(Configurator& configurator) {
    co_await configurator.run();
}

/// Before what they use goes.
Task<void> stop(HttpServer& server, TaskGroup& tasks) {
    co_await server.stop(1s);
    co_await tasks.stop();
}

int serve(std::vector<std::string> const& words) {
    asio::io_context io(1);
    auto journal = Journal::open(words[1]);
    if (!journal) {
        std::fprintf(stderr, "setup_machine: %s\n", journal.error().detail.c_str());
        return 2;
    }
    test::RecordingHost host;
    test::RecordingHost image_host;
    // Which images are in use: none.
    image_host.says = "end-of-list";
    host.failures["run /usr/sbin/chpasswd"] = Step().attempts_max;
    Configurator configurator(
        io.get_executor(), std::move(*journal), {.configuration = host, .images = image_host},
        {.following =
             {.transports = {.file = words[2], .tools = {}, .disc = {}},
              .boot_steps = {},
              .status_file = words[1] + "/status.json",
              .on_sealed = [] {}},
         .images = {.own = words[1] + "/own", .brought = words[1] + "/brought"},
         .api = {.code = words[3], .certificate = words[1] + "/console.crt"}});
    HttpServerOptions options;
    options.unix_socket = UnixSocket{.path = words[0]};
    HttpServer server(io.get_executor(), std::move(options), [&configurator](HttpRequest& request) {
        return configurator.handle(request);
    });
    server.start();
    TaskGroup tasks(io.get_executor());
    tasks.spawn("configurator", run(configurator));
    tasks.spawn("images", configurator.keep_images());
    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](boost::system::error_code, int) {
        asio::co_spawn(io, stop(server, tasks), [&io](std::exception_ptr) { io.stop(); });
    });
    io.run();
    return 0;
}

}  // namespace

int main(int argument_count, char** arguments) {
    std::vector<std::string> const words(arguments + 1, arguments + argument_count);
    if (words.size() != 4) {
        std::fputs("setup_machine SOCKET FOLDER ENVIRONMENT CODE\n", stderr);
        return 2;
    }
    try {
        return serve(words);
    } catch (StartupError const& error) {
        std::fprintf(stderr, "setup_machine: %s\n", error.what());
        return 2;
    }
}
