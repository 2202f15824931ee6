// SPDX-License-Identifier: Apache-2.0
#include "common/service/service.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <charconv>
#include <csignal>
#include <cstdio>

#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "common/service/host_check.hpp"

namespace millrace {
namespace {

constexpr std::size_t token_bytes_max = 4096;

struct Listen {
    std::string address;
    std::uint16_t port = 0;
};

Listen parse_listen(std::string const& text) {
    auto const colon = text.rfind(':');
    std::string address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    std::uint16_t port = 0;
    char const* const end = text.data() + text.size();
    char const* const digits = colon == std::string::npos ? end : text.data() + colon + 1;
    auto const [stop, code] = std::from_chars(digits, end, port);
    if (address.empty() || code != std::errc() || stop != end)
        throw StartupError("--listen: \"" + text + "\" must be ADDRESS:PORT, such as 127.0.0.1:0.");
    return {address, port};
}

Secret read_token(std::string const& file) {
    if (file.empty())
        return {};
    auto content = read_file(file, token_bytes_max);
    if (!content)
        throw StartupError("--api-token-file: " + content.error().detail);
    while (!content->empty() && (content->back() == '\n' || content->back() == '\r'))
        content->pop_back();
    if (content->size() < 16)
        throw StartupError("--api-token-file: " + file + " must hold at least 16 characters.");
    return Secret(std::move(*content));
}

log::Level to_level(std::string const& text) {
    if (text == "debug")
        return log::Level::debug;
    if (text == "warn")
        return log::Level::warn;
    return text == "error" ? log::Level::error : log::Level::info;
}

/// The standard routes, then the service's own.
class Front {
public:
    struct Access {
        Secret token;
        std::vector<std::string> hosts;
        bool own_authentication = false;
    };
    Front(Service& service, Telemetry& telemetry, Access access)
        : service_(service),
          telemetry_(telemetry),
          token_(std::move(access.token)),
          hosts_(std::move(access.hosts)),
          own_authentication_(access.own_authentication) {}

    Task<HttpAnswer> handle(HttpRequest& request) {
        if (request.path == "/healthz")
            co_return text_answer(200, "ok\n");
        if (request.path == "/readyz")
            co_return readiness();
        if (!own_authentication_ && !is_trusted_host(request.headers.get("Host"), hosts_))
            co_return problem_answer(
                421, "misdirected",
                "This service does not answer to that host name; --host allows one.");
        // What a service says of itself can name addresses with a secret in them.
        bool const is_open = own_authentication_
                                 ? request.path != "/metrics" && request.path != "/status"
                                 : !request.path.starts_with("/api/") && request.path != "/status";
        if (!is_open && !has_bearer(request, token_))
            co_return problem_answer(
                401, "unauthenticated", "This needs the bearer token of --api-token-file.");
        if (request.path == "/metrics")
            co_return metrics();
        if (request.path == "/status")
            co_return json_answer(200, dump_json_pretty(service_.status()));
        co_return co_await service_.handle(request);
    }

private:
    HttpAnswer readiness() const {
        std::string const reason = service_.not_ready_reason();
        return reason.empty() ? text_answer(200, "ready\n") : text_answer(503, reason + "\n");
    }
    HttpAnswer metrics() const {
        HttpAnswer answer = text_answer(200, telemetry_.render());
        answer.headers.set("Content-Type", "text/plain; version=0.0.4");
        return answer;
    }

    Service& service_;
    Telemetry& telemetry_;
    Secret token_;
    std::vector<std::string> hosts_;
    bool own_authentication_;
};

void write_address_file(std::string const& file, std::string const& url) {
    if (file.empty())
        return;
    Json address = Json::object();
    address["url"] = url;
    address["pid"] = ::getpid();
    if (auto const written = write_file_atomic(file, dump_json_pretty(address), 0600); !written)
        throw StartupError("--address-file: " + written.error().detail);
}

Task<void> stop_all(HttpServer& server, Service& service, asio::io_context& io) {
    co_await service.stop();
    co_await server.stop(2s);
    io.stop();
}

std::vector<std::string> hosts_of(ServiceDescription const& description, FlagValues const& flags) {
    std::vector<std::string> hosts = flags.list("host");
    if (!description.hosts)
        return hosts;
    std::vector<std::string> const own = description.hosts(flags);
    hosts.insert(hosts.end(), own.begin(), own.end());
    return hosts;
}

int serve(ServiceDescription const& description, FlagValues const& flags) {
    asio::io_context io(1);
    Telemetry telemetry;
    Listen const listen = parse_listen(flags.text("listen"));
    std::string url;
    std::function<void()> end;
    auto const service = description.make({io, flags, telemetry, url, end});
    Front front(
        *service, telemetry,
        {.token = service->has_token() ? read_token(flags.text("api-token-file")) : Secret(),
         .hosts = hosts_of(description, flags),
         .own_authentication = description.own_authentication});
    HttpServerOptions options;
    options.address = listen.address;
    options.port = listen.port;
    options.body_bytes_max = description.body_bytes_max;
    options.answer_headers = description.answer_headers;
    if (description.tls)
        options.tls = description.tls(flags);
    HttpServer server(io.get_executor(), std::move(options), [&front](HttpRequest& request) {
        return front.handle(request);
    });
    server.start();
    url = server.url();
    write_address_file(flags.text("address-file"), server.url());
    asio::signal_set signals(io, SIGINT, SIGTERM);
    bool is_ending = false;
    end = [&] {
        if (std::exchange(is_ending, true))
            return;
        log::info("Stopping.");
        asio::co_spawn(io, stop_all(server, *service, io), [](std::exception_ptr failure) {
            if (failure)
                std::rethrow_exception(failure);
        });
    };
    signals.async_wait([&](boost::system::error_code code, int) {
        if (!code)
            end();
    });
    TaskGroup tasks(io.get_executor());
    tasks.spawn_essential("start", service->start());
    log::info("Listening.", {{"url", server.url()}, {"version", MILLRACE_VERSION}});
    io.run();
    log::info("Stopped.");
    return 0;
}

}  // namespace

std::vector<Flag> service_flags(std::vector<Flag> own) {
    std::vector<Flag> flags = {
        {.name = "listen",
         .fallback = "127.0.0.1:0",
         .help = "Address and port of the HTTP server; port 0: any."},
        {.name = "address-file", .help = "File that gets the URL once the service listens."},
        {.name = "api-token-file",
         .help = "File with the bearer token that /api/ and /status ask for; none: they are "
                 "closed."},
        {.name = "host",
         .help = "Names under which the service is asked, beside addresses and local names; "
                 "separated by commas; *: any."},
        {.name = "state", .fallback = ".millrace", .help = "Folder of objects and data."},
        {.name = "log-level",
         .fallback = "info",
         .help = "Least level written.",
         .choices = "debug|info|warn|error"},
        {.name = "log-format",
         .fallback = "text",
         .help = "Form of a log line.",
         .choices = "text|json"},
        {.name = "help", .kind = Flag::Kind::boolean, .help = "Shows this text."},
        {.name = "version", .kind = Flag::Kind::boolean, .help = "Shows the version."}};
    // The console has a --host of its own, which says the same to its own check.
    std::erase_if(flags, [&own](Flag const& flag) {
        return std::ranges::find(own, flag.name, &Flag::name) != own.end();
    });
    flags.insert(flags.end(), own.begin(), own.end());
    return flags;
}

int run_service(ServiceDescription const& description, int argument_count, char** arguments) {
    return run_service(description, {arguments + 1, arguments + argument_count});
}

int run_service(ServiceDescription const& description, std::vector<std::string> const& words) {
    std::vector<Flag> all = service_flags(description.flags);
    if (description.check)
        all.push_back(
            {.name = "check",
             .kind = Flag::Kind::boolean,
             .help =
                 "Starts nothing: prints what is wrong with the service's objects in --state."});
    auto const [flags, parse_faults] = parse_flags_leniently(all, words);
    if (flags.boolean("help") || flags.boolean("version")) {
        std::string const text = flags.boolean("help") ? describe_flags(description.usage, all)
                                                       : std::string(MILLRACE_VERSION) + "\n";
        std::fputs(text.c_str(), stdout);
        return 0;
    }
    Faults wrong = parse_faults;
    for (std::string const& argument : flags.arguments)
        wrong.push_back(unexpected_word(all, argument));
    if (!wrong.empty()) {
        std::fprintf(stderr, "%s\n", to_string(wrong).c_str());
        return 2;
    }
    if (description.check && flags.boolean("check")) {
        Faults const faults = description.check(flags);
        if (!faults.empty())
            std::puts(to_string(faults).c_str());
        return faults.empty() ? 0 : 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    log::configure(
        description.name, to_level(flags.text("log-level")),
        flags.text("log-format") == "json" ? log::Format::json : log::Format::text);
    try {
        return serve(description, flags);
    } catch (StartupError const& error) {
        log::error("Cannot start.", {{"reason", error.what()}});
        return 2;
    }
}

}  // namespace millrace
