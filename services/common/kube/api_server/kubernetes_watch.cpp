// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/kubernetes_watch.hpp"

#include <utility>

#include "common/kube/api_server/api_answer.hpp"

namespace millrace {
namespace {

/// The server ends a watch then, and the next one goes on from where it was.
constexpr seconds watch_limit = 300s;
/// Bookmarks come every minute: who is silent for longer is gone. The next watch goes on from the
/// last version, so that a mistake costs one request.
constexpr seconds silence_max = 90s;
/// etcd takes objects up to 1.5 MiB; JSON is wider than what is stored.
constexpr std::size_t line_bytes_max = 16 << 20;
constexpr std::size_t error_bytes_max = 64 << 10;
constexpr seconds error_limit = 5s;

/// The body of an answer that is no stream of changes.
Task<std::string> read_all(BodyReader& body) {
    std::string text;
    while (text.size() < error_bytes_max) {
        auto const piece = co_await body.read(error_limit);
        if (!piece || piece->empty())
            break;
        text += *piece;
    }
    co_return text;
}

}  // namespace

Task<Result<void>> list_page(
    ApiClient& client, ResourceKind const& kind, Selector const& selector, ListWatch& into) {
    auto const answer = co_await client.send(list_call(kind, selector, into.continue_token()));
    if (!answer)
        co_return std::unexpected(answer.error());
    if (answer->status == status_gone)
        co_return into.gone();
    auto page = read_answer({.kind = kind, .name = {}}, *answer);
    if (!page)
        co_return std::unexpected(page.error());
    co_return into.take_page(std::move(*page));
}

Task<Result<void>> KubernetesWatch::open() {
    auto answer =
        co_await client_.open(watch_call(kind_, selector_, state_.version(), watch_limit));
    if (!answer)
        co_return std::unexpected(answer.error());
    if (answer->status == 200) {
        body_ = std::move(answer->body);
        text_.clear();
        has_told_ = false;
        co_return Result<void>();
    }
    if (answer->status == status_gone)
        co_return state_.gone();
    HttpResponse const refused{
        .status = answer->status, .headers = {}, .body = co_await read_all(*answer->body)};
    co_return std::unexpected(read_answer({.kind = kind_, .name = {}}, refused).error());
}

Result<void> KubernetesWatch::take_lines() {
    std::size_t begin = 0;
    for (;;) {
        std::size_t const end = text_.find('\n', begin);
        if (end == std::string::npos)
            break;
        std::string_view const line(text_.data() + begin, end - begin);
        begin = end + 1;
        if (line.empty())
            continue;
        has_told_ = true;
        auto const taken = state_.take_line(line);
        if (!taken || state_.is_listing()) {
            body_.reset();
            return taken;
        }
    }
    text_.erase(0, begin);
    if (text_.size() <= line_bytes_max)
        return {};
    body_.reset();
    return failure(ErrorCode::too_large, kind_.folder() + ": a change is larger than 16 MiB.");
}

Task<Result<void>> KubernetesWatch::read() {
    auto piece = co_await body_->read(silence_max);
    if (piece && !piece->empty()) {
        text_ += *piece;
        co_return take_lines();
    }
    body_.reset();
    if (!piece && piece.error().code == ErrorCode::canceled)
        co_return std::unexpected(piece.error());
    // A watch ends now and then, or falls silent, and the next goes on from there. One that ends
    // without a word may do so again at once: its caller waits before the next.
    bool const was_silent = !piece && piece.error().code == ErrorCode::timed_out;
    if (has_told_ || was_silent)
        co_return Result<void>();
    co_return failure(
        ErrorCode::closed,
        kind_.folder() + ": the API server ended the watch before it told anything.");
}

Task<Result<WatchEvent>> KubernetesWatch::next() {
    while (!state_.has_event()) {
        Result<void> done;
        if (state_.is_listing())
            done = co_await list_page(client_, kind_, selector_, state_);
        else if (body_ == nullptr)
            done = co_await open();
        else
            done = co_await read();
        if (!done) {
            was_hindered_ = true;
            co_return std::unexpected(done.error());
        }
        // A watch that is open may have nothing to tell for long.
        if (body_ != nullptr && std::exchange(was_hindered_, false))
            state_.tell_synced_again();
    }
    co_return state_.take();
}

}  // namespace millrace
