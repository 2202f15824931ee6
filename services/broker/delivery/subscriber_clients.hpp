// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/net/http_client.hpp"

namespace millrace::broker {

/// The clients that events are sent with: one that trusts as the system does, and one for each set
/// of authorities that destinations name beside it, shared by those that name the same. A client
/// lives as long as one who uses it. One thread.
class SubscriberClients {
public:
    /// `options` makes the options, but for TLS, which is made here. Errors: StartupError.
    SubscriberClients(asio::any_io_executor executor, std::function<HttpClientOptions()> options);

    /// `authorities_pem` empty: the system's trust alone. Errors: `invalid`, for what is no PEM.
    Result<std::shared_ptr<HttpClient>> get(std::string const& authorities_pem);

private:
    Result<std::shared_ptr<HttpClient>> make(std::string const& authorities_pem) const;

    asio::any_io_executor executor_;
    std::function<HttpClientOptions()> options_;
    std::shared_ptr<HttpClient> common_;
    std::map<std::string, std::weak_ptr<HttpClient>> by_authorities_;
};

}  // namespace millrace::broker
