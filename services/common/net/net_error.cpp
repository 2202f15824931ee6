// SPDX-License-Identifier: Apache-2.0
#include "common/net/task.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>

namespace millrace {

Error to_error(boost::system::error_code const& code, std::string const& what) {
    namespace http = boost::beast::http;
    ErrorCode kind = ErrorCode::unavailable;
    if (code == asio::error::operation_aborted)
        kind = ErrorCode::canceled;
    else if (code == asio::error::timed_out)
        kind = ErrorCode::timed_out;
    else if (
        code == asio::error::eof || code == asio::error::connection_reset ||
        code == asio::error::broken_pipe || code == http::error::end_of_stream ||
        code == http::error::partial_message)
        kind = ErrorCode::closed;
    else if (code == http::error::body_limit || code == http::error::header_limit)
        kind = ErrorCode::too_large;
    else if (code.category() == http::make_error_code(http::error::bad_version).category())
        kind = ErrorCode::invalid;
    return Error(kind, what + ": " + code.message() + ".");
}

Task<Result<void>> sleep_for(nanoseconds duration) {
    asio::steady_timer timer(
        co_await asio::this_coro::executor,
        std::chrono::duration_cast<asio::steady_timer::duration>(duration));
    auto const [code] = co_await timer.async_wait(as_result);
    if (code)
        co_return failure(ErrorCode::canceled, "Stopped.");
    co_return Result<void>();
}

}  // namespace millrace
