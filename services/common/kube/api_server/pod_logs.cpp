// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/pod_logs.hpp"

#include "common/kube/api_server/api_answer.hpp"
#include "common/kube/api_server/api_client.hpp"

namespace millrace {
namespace {

constexpr milliseconds refusal_limit = 5s;
constexpr std::size_t refusal_bytes_max = 64 << 10;

/// Why the server gives no log: its Status object, or nothing that can be read.
Task<Error> read_refusal(ApiSubject subject, StreamedResponse& answer) {
    std::string text;
    while (text.size() < refusal_bytes_max) {
        auto const piece = co_await answer.body->read(refusal_limit);
        if (!piece || piece->empty())
            break;
        text += *piece;
    }
    co_return read_status(subject, answer.status, parse_json(text).value_or(Json::object()));
}

}  // namespace

PodLogs::PodLogs(asio::any_io_executor executor, ApiAccess access)
    : client_(std::make_unique<ApiClient>(std::move(executor), std::move(access))) {}

PodLogs::~PodLogs() = default;

Task<Result<std::unique_ptr<BodyReader>>> PodLogs::open(
    ResourceName pod, std::string container, int lines, bool follow) {
    auto answer = co_await client_->open(log_call(pod, container, lines, follow));
    if (!answer)
        co_return std::unexpected(answer.error());
    if (answer->status != 200)
        co_return std::unexpected(co_await read_refusal({kinds::pod, pod}, *answer));
    co_return std::move(answer->body);
}

}  // namespace millrace
