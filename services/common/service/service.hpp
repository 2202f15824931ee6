// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/flags.hpp"
#include "common/base/json.hpp"
#include "common/base/telemetry.hpp"
#include "common/net/http_server.hpp"

namespace millrace {

/// The flags every service has: --listen, --address-file, --api-token-file, --state, --log-level,
/// --log-format; a service appends its own.
std::vector<Flag> service_flags(std::vector<Flag> own);

/// What a service offers to its process. Lives from start to stop on one thread.
class Service {
public:
    virtual ~Service() = default;
    /// Handles what is not /healthz, /readyz, /metrics or /status. Routes under /api/ are called
    /// only with the right bearer token.
    virtual Task<HttpAnswer> handle(HttpRequest& request) = 0;
    /// Empty when ready, else the reason in a sentence: the body of /readyz.
    virtual std::string not_ready_reason() const = 0;
    /// The body of /status.
    virtual Json status() const = 0;
    /// Whether --api-token-file is read; else all that needs the token is closed.
    virtual bool has_token() const { return true; }
    /// Begins its work, once the port is bound.
    virtual Task<void> start() = 0;
    /// Ends its work within about 5 s; what is not finished stays to be resumed.
    virtual Task<void> stop() = 0;
};

/// What main hands to the factory. References live as long as the service.
struct ServiceContext {
    asio::io_context& io;
    FlagValues const& flags;
    Telemetry& telemetry;
    std::string const& url;  ///< where the HTTP server listens; empty until start() is called
    /// Ends the process as SIGTERM does, with exit code 0. Not before start() is called.
    std::function<void()> const& end;
};

struct ServiceDescription {
    std::string name;   ///< "router"
    std::string usage;  ///< "millrace-router [--flag ...]"
    std::vector<Flag> flags;
    /// Throws StartupError when it cannot start.
    std::function<std::unique_ptr<Service>(ServiceContext)> make;
    /// Set: the service has --check, which tells these faults of its objects in --state.
    std::function<Faults(FlagValues const& flags)> check;
    /// Body limit of the service's HTTP server.
    std::size_t body_bytes_max = 1 << 20;
    /// The service checks who calls its /api/ itself (the console); /metrics and /status then need
    /// the bearer token.
    bool own_authentication = false;
    /// Set: serves TLS where it gives a context. Throws StartupError.
    std::function<std::optional<TlsContext>(FlagValues const& flags)> tls;
    /// Set: names under which the service is asked, beside --host.
    std::function<std::vector<std::string>(FlagValues const& flags)> hosts;
    /// Stand in every answer, also in refusals of what is no request.
    Headers answer_headers;
};

/// The whole of a service's main: flags, log, one-thread io_context, HTTP server with the standard
/// routes, address file, SIGINT and SIGTERM. Returns the exit code: 0 stopped, 2 bad input. With
/// --check it starts nothing: it prints every fault of the objects, a line each, and returns 2, or
/// 0 without one.
int run_service(ServiceDescription const& description, int argument_count, char** arguments);
/// The same for a command line without the program's name.
int run_service(ServiceDescription const& description, std::vector<std::string> const& words);

}  // namespace millrace
