// SPDX-License-Identifier: Apache-2.0
#include <grp.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "configurator/command_line.hpp"
#include "configurator/commands.hpp"
#include "configurator/configurator.hpp"
#include "configurator/host/system_host.hpp"
#include "configurator/steps/identity_steps.hpp"
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

constexpr seconds stop_grace{2};

UnixSocket socket_of(FlagValues const& flags) {
    UnixSocket socket{.path = flags.text("socket")};
    std::string const& name = flags.text("socket-group");
    if (auto made = make_directories(std::filesystem::path(socket.path).parent_path(), 0755); !made)
        throw StartupError("--socket: " + made.error().detail);
    if (name.empty())
        return socket;
    group const* const found = ::getgrnam(name.c_str());
    if (found == nullptr)
        throw StartupError("--socket-group: there is no group \"" + name + "\" on this machine.");
    socket.group = found->gr_gid;
    return socket;
}

/// What is looked after at each boot: the cluster, where there is one.
std::vector<Step> boot_steps() {
    auto const node = read_node_settings();
    if (node)
        return cluster_steps(*node);
    if (node.error().code == ErrorCode::not_found)
        return {};
    throw StartupError(node.error().detail);
}

/// The file with the code, while there is something to be set up.
class CodeFile {
public:
    explicit CodeFile(std::filesystem::path file) : file_(std::move(file)) {}
    CodeFile(CodeFile const&) = delete;
    CodeFile& operator=(CodeFile const&) = delete;
    ~CodeFile() { remove(); }

    void write(std::string const& code) {
        auto written = make_directories(file_.parent_path(), 0755);
        if (written)
            written = write_file_atomic(file_, code + "\n", 0600, Durability::process);
        if (!written)
            throw StartupError("--code-file: " + written.error().detail);
    }
    void remove() {
        std::error_code none;
        std::filesystem::remove(file_, none);
    }

private:
    std::filesystem::path file_;
};

/// The whole of the command while it runs.
class Serving {
public:
    Serving(FlagValues const& flags, Journal journal)
        : code_file_(flags.text("code-file")),
          configurator_(
              io_.get_executor(), std::move(journal),
              {.configuration = host_, .images = image_host_},
              {.following =
                   {.transports = transports_of(flags),
                    .boot_steps = boot_steps(),
                    .status_file = flags.text("status"),
                    .copy_mark = copy_mark_file,
                    .on_sealed = [this] { code_file_.remove(); }},
               .images = {},
               .api = {.code = code_, .certificate = web_page_certificate().certificate}}),
          server_(
              io_.get_executor(), {.unix_socket = socket_of(flags)},
              [this](HttpRequest& request) { return configurator_.handle(request); }),
          tasks_(io_.get_executor()) {
        if (configurator_.sealed())
            code_file_.remove();
        else
            code_file_.write(code_);
    }

    int run() {
        server_.start();
        tasks_.spawn_essential("configurator", follow());
        tasks_.spawn_essential("images", configurator_.keep_images());
        asio::signal_set signals(io_, SIGINT, SIGTERM);
        signals.async_wait([this](boost::system::error_code code, int) {
            if (!code)
                end();
        });
        io_.run();
        return exit_code_;
    }

private:
    Task<void> follow() {
        auto const ended = co_await configurator_.run();
        if (ended)
            co_return;
        exit_code_ = complain(ended.error().detail);
        end();
    }
    void end() {
        asio::co_spawn(io_, stop(), [](std::exception_ptr failure) {
            if (failure)
                std::rethrow_exception(failure);
        });
    }
    Task<void> stop() {
        co_await server_.stop(stop_grace);
        co_await tasks_.stop();
        io_.stop();
    }

    asio::io_context io_{1};
    std::string code_ = make_setup_code();
    CodeFile code_file_;
    SystemHost host_{"/"};
    SystemHost image_host_{"/"};
    Configurator configurator_;
    HttpServer server_;
    TaskGroup tasks_;
    int exit_code_ = well;
};

}  // namespace

int run_serve(std::vector<std::string> const& words) {
    auto const flags = read_flags("serve", words, serve_flags());
    if (!flags)
        return flags.error();
    auto journal = Journal::open(flags->text("state"));
    if (!journal)
        return complain(journal.error().detail);
    std::signal(SIGPIPE, SIG_IGN);
    log::configure("configurator", log::Level::info, log::Format::text);
    try {
        return Serving(*flags, std::move(*journal)).run();
    } catch (StartupError const& error) {
        return complain(error.what());
    }
}

}  // namespace millrace::configurator
