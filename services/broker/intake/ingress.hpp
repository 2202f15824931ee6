// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker/intake/acceptor.hpp"
#include "common/net/http_server.hpp"

namespace millrace::broker {

/// The HTTP side of a Broker: POST /<namespace>/<broker> with CloudEvents (knative/specs eventing
/// data-plane.md; knative/eventing pkg/broker/ingress/ingress_handler.go).
class Ingress {
public:
    static constexpr std::size_t batch_events_max = 10'000;

    /// `acceptor` outlives it.
    Ingress(Acceptor& acceptor, Telemetry& telemetry);

    /// 202 when everything is on disk; 400 with all faults, 404 no such broker, 405 other methods,
    /// 413 too large, 503 with Retry-After when nothing can be stored now. OPTIONS answers what a
    /// webhook's abuse protection asks (CloudEvents HTTP webhook 1.0, section 4). Both 202 and
    /// OPTIONS announce the batch mode by Accept-Post.
    Task<HttpAnswer> handle(HttpRequest& request);

private:
    HttpAnswer refuse(Error const& error);

    Acceptor& acceptor_;
    Counter& accepted_;
    Counter& rejected_;
    Counter& unavailable_;
};

/// "default/echo" of "/default/echo" or "/default/echo/"; empty where the path is another.
std::string broker_of_path(std::string_view path);

}  // namespace millrace::broker
