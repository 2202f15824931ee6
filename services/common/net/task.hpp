// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"

namespace millrace {

namespace asio = boost::asio;

template <class T>
using Task = asio::awaitable<T>;

/// Completion token: errors come back as values, never as exceptions.
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// Waits. Errors: `canceled` when the task is being stopped.
Task<Result<void>> sleep_for(nanoseconds duration);

/// Translates an Asio error; `what` starts the sentence ("Cannot connect to broker:80").
Error to_error(boost::system::error_code const& code, std::string const& what);

/// Runs `operation` and cancels it at the limit. Errors: `timed_out` and those of `operation`.
/// `operation` must not throw: `||` would wait for the timer instead (Boost 1.81, tried).
template <class T>
Task<Result<T>> with_timeout(Task<Result<T>> operation, nanoseconds limit) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    auto first = co_await (std::move(operation) || timer.async_wait(as_result));
    if (first.index() == 0)
        co_return std::move(std::get<0>(first));
    auto const [code] = std::get<1>(first);
    if (code)
        co_return failure(ErrorCode::canceled, "Stopped.");
    co_return failure(ErrorCode::timed_out, "No answer in time.");
}

}  // namespace millrace
