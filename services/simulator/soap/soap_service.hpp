// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/base/http_message.hpp"
#include "simulator/soap/soap_call.hpp"

namespace millrace::simulator {

/// The `/sdk` endpoint without its sockets: one request in, one answer out.
class SoapService {
public:
    /// `world` outlives this.
    explicit SoapService(Simulation& world);

    /// A request that has been read; keeps what must outlast a long wait.
    struct Exchange {
        SoapRequest request;
        std::string cookie;
        std::string address;
        std::string user_agent;
        bool over_tls = false;
    };
    /// Errors: the answer for what is no call (InvalidRequest fault, HTTP 500).
    std::expected<Exchange, HttpResponse> read(HttpRequest const& http) const;

    /// WaitForUpdates and WaitForUpdatesEx are answered by poll, all others by call.
    static bool is_wait(Exchange const& exchange);
    /// How long a wait may take; nothing: for ever, which the caller bounds.
    static std::optional<std::chrono::seconds> wait_limit(Exchange const& exchange);

    HttpResponse call(Exchange const& exchange, SystemTime now);
    /// The answer of a wait, if there is something to tell by now. `cancellations` is what
    /// cancellations gave when the wait began.
    std::optional<HttpResponse> poll(
        Exchange const& exchange, std::uint64_t cancellations, SystemTime now);
    /// The answer of a wait that found nothing.
    static HttpResponse nothing_new(Exchange const& exchange);
    std::uint64_t cancellations(Exchange const& exchange, SystemTime now);

    /// The document by which clients choose an API version.
    static std::string service_versions();

private:
    SoapOutcome run(SoapCall& call);

    Simulation& world_;
    std::map<std::string_view, SoapMethod> methods_;
};

}  // namespace millrace::simulator
