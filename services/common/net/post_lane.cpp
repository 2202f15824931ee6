// SPDX-License-Identifier: Apache-2.0
#include "common/net/post_lane.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/net/transport.hpp"

namespace millrace {
namespace {

constexpr std::size_t answer_bytes_max = 65'536;
constexpr std::size_t body_bytes_kept = 1'024;
/// Answers of sinks are short; a longer one is read in pieces.
constexpr std::size_t read_bytes = 1'024;
/// Servers end idle connections; one unused for longer is looked at before it is used.
constexpr milliseconds trusted_idle = 1s;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

bool read_number(std::string_view text, auto& to) {
    auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), to);
    return !text.empty() && text.front() >= '0' && text.front() <= '9' && error == std::errc() &&
           stop == text.data() + text.size();
}

/// Whether a list has `token` (RFC 9110 section 5.6.1).
bool has_token(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        std::string_view const one = list.substr(0, list.find(','));
        if (equals_ignoring_case(trimmed(one), token))
            return true;
        list.remove_prefix(std::min(list.size(), one.size() + 1));
    }
    return false;
}

/// False if the header makes the message ambiguous.
bool read_field(ResponseHead& head, std::string_view name, std::string_view value) {
    if (equals_ignoring_case(name, "content-length")) {
        if (head.has_length || !read_number(value, head.content_length))
            return false;
        head.has_length = true;
    } else if (equals_ignoring_case(name, "transfer-encoding")) {
        head.chunked = true;
    } else if (equals_ignoring_case(name, "connection")) {
        head.close = head.close || has_token(value, "close");
    } else if (equals_ignoring_case(name, "retry-after")) {
        head.retry_after = value;
    } else if (equals_ignoring_case(name, "accept-post")) {
        head.accept_post = value;
    }
    return true;
}

}  // namespace

ResponseHead parse_response_head(std::string_view bytes) {
    ResponseHead head;
    auto const end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos)
        return head;
    head.state = ResponseHead::State::malformed;
    head.head_bytes = end + 4;
    std::string_view rest = bytes.substr(0, end + 2);
    std::string_view const line = rest.substr(0, rest.find("\r\n"));
    bool const is_http = line.starts_with("HTTP/1.") && line.size() >= 12 && line[8] == ' ' &&
                         (line.size() == 12 || line[12] == ' ');
    if (!is_http || !read_number(line.substr(9, 3), head.status))
        return head;
    head.close = line[7] == '0';
    rest.remove_prefix(line.size() + 2);
    while (!rest.empty()) {
        std::string_view const field = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(field.size() + 2);
        auto const colon = field.find(':');
        if (colon == std::string_view::npos || colon == 0)
            return head;
        if (!read_field(head, field.substr(0, colon), trimmed(field.substr(colon + 1))))
            return head;
    }
    if (head.chunked && head.has_length)
        return head;
    head.state = ResponseHead::State::complete;
    return head;
}

struct PostLane::State {
    State(asio::any_io_executor on, Url to, TlsContext* with)
        : executor(std::move(on)),
          url(std::move(to)),
          tls(with) {}

    asio::any_io_executor executor;
    Url url;
    TlsContext* tls = nullptr;
    std::unique_ptr<Transport> transport;
    SteadyTime last_used;
    std::string buffer;
    std::array<char, read_bytes> piece;

    Task<Result<void>> connect(nanoseconds limit);
    Task<Result<Answer>> exchange(std::string_view request, SteadyTime deadline);
    Task<Result<void>> read_more(SteadyTime deadline);
    Answer take_answer(ResponseHead const& head, std::size_t body_bytes);
};

PostLane::PostLane(asio::any_io_executor executor, Url url, TlsContext* tls)
    : state_(std::make_unique<State>(std::move(executor), std::move(url), tls)) {}

PostLane::~PostLane() = default;

void PostLane::close() {
    state_->transport.reset();
}

Task<Result<void>> PostLane::State::connect(nanoseconds limit) {
    buffer.clear();
    auto connected = co_await connect_transport(url, tls, limit);
    if (!connected)
        co_return std::unexpected(connected.error());
    transport = std::move(*connected);
    co_return Result<void>();
}

Task<Result<void>> PostLane::State::read_more(SteadyTime deadline) {
    if (buffer.size() > answer_bytes_max)
        co_return failure(ErrorCode::too_large, "The answer is larger than 64 KiB.");
    nanoseconds const left = deadline - steady_now();
    if (left <= 0ns)
        co_return failure(ErrorCode::timed_out, "No answer in time.");
    auto const got = co_await transport->read_some(asio::buffer(piece), left);
    if (!got)
        co_return std::unexpected(got.error());
    buffer.append(piece.data(), *got);
    co_return Result<void>();
}

PostLane::Answer PostLane::State::take_answer(ResponseHead const& head, std::size_t body_bytes) {
    Answer answer;
    answer.status = head.status;
    answer.retry_after = std::string(head.retry_after);
    answer.accept_post = std::string(head.accept_post);
    answer.body = buffer.substr(head.head_bytes, std::min(body_bytes, body_bytes_kept));
    buffer.clear();
    return answer;
}

/// Writes the request and reads one answer. A body without a plain length is read to the end of the
/// connection's patience by closing it: its content does not matter, only the status does.
Task<Result<PostLane::Answer>> PostLane::State::exchange(
    std::string_view request, SteadyTime deadline) {
    auto const sent = transport->write_now(asio::buffer(request));
    if (!sent)
        co_return std::unexpected(sent.error());
    if (*sent < request.size()) {
        auto const rest = asio::buffer(request) + *sent;
        if (auto const written = co_await transport->write({rest, {}}, deadline - steady_now());
            !written)
            co_return std::unexpected(written.error());
    }
    for (;;) {
        ResponseHead const head = parse_response_head(buffer);
        if (head.state == ResponseHead::State::malformed)
            co_return failure(ErrorCode::invalid, "The answer is not HTTP/1.1.");
        bool const is_interim = head.state == ResponseHead::State::complete && head.status < 200;
        if (is_interim) {
            buffer.erase(0, head.head_bytes);
            continue;
        }
        bool const empty = head.status == 204 || head.status == 304;
        bool const has_end = head.has_length || empty;
        std::size_t const body = head.has_length && !empty ? head.content_length : 0;
        if (head.state == ResponseHead::State::complete && !has_end) {
            Answer answer = take_answer(head, buffer.size() - head.head_bytes);
            transport.reset();
            co_return answer;
        }
        if (head.state == ResponseHead::State::complete &&
            buffer.size() >= head.head_bytes + body) {
            bool const reusable = !head.close && buffer.size() == head.head_bytes + body;
            Answer answer = take_answer(head, body);
            if (!reusable)
                transport.reset();
            co_return answer;
        }
        if (auto const more = co_await read_more(deadline); !more)
            co_return std::unexpected(more.error());
    }
}

Task<Result<PostLane::Answer>> PostLane::post(std::string_view request, nanoseconds limit) {
    State& state = *state_;
    auto const deadline = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
    bool const is_old = state.transport && steady_now() - state.last_used > trusted_idle;
    if (is_old && state.transport->is_stale())
        state.transport.reset();
    bool const reused = state.transport != nullptr;
    if (!reused)
        if (auto const connected = co_await state.connect(limit); !connected)
            co_return std::unexpected(connected.error());
    auto answer = co_await state.exchange(request, deadline);
    bool const was_stale =
        !answer && reused && state.buffer.empty() && answer.error().code == ErrorCode::closed;
    if (was_stale) {
        if (auto const connected = co_await state.connect(deadline - steady_now()); !connected)
            co_return std::unexpected(connected.error());
        answer = co_await state.exchange(request, deadline);
    }
    if (!answer)
        state.transport.reset();
    state.last_used = steady_now();
    co_return answer;
}

}  // namespace millrace
