// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/api_client.hpp"

#include "common/base/file.hpp"

namespace millrace {
namespace {

constexpr milliseconds call_limit = 30s;
/// client-go reads a token's file again after a minute.
constexpr seconds token_age_max = 60s;
constexpr std::size_t token_bytes_max = 64 << 10;
constexpr std::size_t reads_waiting_max = 64;

HttpClientOptions client_options(ApiAccess const& access) {
    HttpClientOptions options;
    if (!access.server.tls)
        return options;
    auto tls = TlsContext::client(access.trust, access.certificate);
    if (!tls)
        throw StartupError("--store kubernetes: " + tls.error().detail);
    options.tls = std::move(*tls);
    return options;
}

std::string without_line_end(std::string text) {
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    return text;
}

}  // namespace

ApiClient::ApiClient(asio::any_io_executor executor, ApiAccess access)
    : access_(std::move(access)),
      http_(executor, client_options(access_)),
      reading_(std::move(executor), reads_waiting_max, "token"),
      token_(access_.token) {}

Url ApiClient::url_of(ApiCall const& call) const {
    Url url = access_.server;
    url.target += call.target;
    return url;
}

Task<Result<void>> ApiClient::authorize(HttpRequest& request) {
    if (!access_.token_file.empty() && steady_now() >= token_until_) {
        auto text = co_await reading_.run(
            [file = access_.token_file] { return read_file(file, token_bytes_max); });
        if (!text)
            co_return failure(ErrorCode::unauthenticated, text.error().detail);
        token_ = Secret(without_line_end(std::move(*text)));
        token_until_ = steady_now() + token_age_max;
    }
    if (!token_.empty())
        request.headers.set("Authorization", "Bearer " + token_.reveal());
    co_return Result<void>();
}

/// A token that is refused may have been replaced: the next call reads it again.
void ApiClient::note(int status) {
    if (status == 401)
        token_until_ = {};
}

Task<Result<HttpResponse>> ApiClient::send(ApiCall call) {
    if (auto const known = co_await authorize(call.request); !known)
        co_return std::unexpected(known.error());
    auto const kept = call.request.method == "GET" ? KeptConnection::repeat : KeptConnection::once;
    auto answer = co_await http_.send(url_of(call), call.request, call_limit, kept);
    if (answer)
        note(answer->status);
    co_return std::move(answer);
}

Task<Result<StreamedResponse>> ApiClient::open(ApiCall call) {
    if (auto const known = co_await authorize(call.request); !known)
        co_return std::unexpected(known.error());
    auto answer = co_await http_.open(url_of(call), call.request, call_limit);
    if (answer)
        note(answer->status);
    co_return std::move(answer);
}

}  // namespace millrace
