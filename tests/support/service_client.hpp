// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/json.hpp"
#include "common/net/http_client.hpp"

namespace millrace::test {

/// Talks to the JSON APIs of running services with their bearer token.
class ServiceClient {
public:
    ServiceClient(asio::any_io_executor executor, std::string token)
        : client_(std::move(executor), {}),
          token_(std::move(token)) {}

    /// The answer of a GET; fails the test unless it is 200 with JSON.
    Task<Json> get(std::string url);
    /// The answer of a GET; null when there is none: the service may be down.
    Task<Json> try_get(std::string url);
    /// Posts JSON; fails the test unless the answer is 2xx with JSON.
    Task<Json> post(std::string url, Json body);

private:
    Task<Result<HttpResponse>> send(std::string method, std::string url, std::string body);

    HttpClient client_;
    std::string token_;
};

}  // namespace millrace::test
