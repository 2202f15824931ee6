// SPDX-License-Identifier: Apache-2.0
#include "common/net/async_signal.hpp"

namespace millrace {
namespace {

/// Takes its timer out of the list however the wait ends.
struct Registration {
    std::list<asio::steady_timer>& waiters;
    std::list<asio::steady_timer>::iterator own;

    Registration(std::list<asio::steady_timer>& all, asio::steady_timer timer)
        : waiters(all),
          own(all.insert(all.end(), std::move(timer))) {}
    Registration(Registration const&) = delete;
    Registration& operator=(Registration const&) = delete;
    ~Registration() { waiters.erase(own); }
};

}  // namespace

Task<Result<void>> AsyncSignal::wait_until(SteadyTime limit) {
    Registration const registration(
        waiters_,
        asio::steady_timer(
            executor_, std::chrono::time_point_cast<asio::steady_timer::duration>(limit)));
    co_await registration.own->async_wait(as_result);
    auto const state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
        co_return failure(ErrorCode::canceled, "Stopped.");
    }
    co_return Result<void>();
}

}  // namespace millrace
