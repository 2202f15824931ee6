// SPDX-License-Identifier: Apache-2.0
#include "console/appliance/configurator_client.hpp"

#include "common/base/json.hpp"

namespace millrace::console {
namespace {

/// A form waits for the program that is under way: longer than the configurator does.
constexpr seconds answer_limit{50};

HttpClientOptions over(std::string socket) {
    HttpClientOptions options;
    options.unix_socket = std::move(socket);
    return options;
}

}  // namespace

ConfiguratorClient::ConfiguratorClient(asio::any_io_executor executor, std::string socket)
    : socket_(socket),
      client_(std::move(executor), over(std::move(socket))) {}

Task<Result<HttpResponse>> ConfiguratorClient::send(
    HttpRequest const& request, std::string target) {
    Url const url{.host = "configurator", .port = "80", .target = std::move(target)};
    auto answer = co_await client_.send(url, request, answer_limit);
    if (answer)
        co_return answer;
    co_return failure(
        answer.error().code, "The configurator does not answer at " + socket_ + ": " +
                                 answer.error().detail +
                                 " It is started again by itself; if it stays away, journalctl -u "
                                 "millrace-configurator says why.");
}

Task<Result<bool>> ConfiguratorClient::is_configured() {
    auto const answer = co_await send({}, "/api/v1/status");
    if (!answer)
        co_return std::unexpected(answer.error());
    auto const status = parse_json(answer->body);
    Json const* const configured = status ? find_json(*status, "configured") : nullptr;
    if (answer->status != 200 || configured == nullptr || !configured->is_boolean())
        co_return failure(
            ErrorCode::invalid, "The configurator at " + socket_ +
                                    " does not say whether the appliance is configured; it "
                                    "answered with status " +
                                    std::to_string(answer->status) + ".");
    co_return *configured == true;
}

}  // namespace millrace::console
