// SPDX-License-Identifier: Apache-2.0
#include "common/kube/lease/leased_service.hpp"

#include "common/base/log.hpp"

namespace millrace {
namespace {

constexpr seconds make_limit = 10s;
constexpr milliseconds make_pause = 100ms;

}  // namespace

LeasedService::LeasedService(
    asio::io_context& io, std::unique_ptr<ResourceStore> store, LeaseWish wish, Make make)
    : store_(std::move(store)),
      holder_(find_lease_holder(wish.folder)),
      lease_(io.get_executor(), LeaseObject(*store_, std::move(wish.lease)), holder_.identity),
      make_(std::move(make)) {}

Task<HttpAnswer> LeasedService::handle(HttpRequest& request) {
    if (service_ != nullptr)
        co_return co_await service_->handle(request);
    HttpAnswer answer = problem_answer(503, "unavailable", not_ready_reason());
    answer.headers.set("Retry-After", "1");
    co_return answer;
}

std::string LeasedService::not_ready_reason() const {
    if (service_ != nullptr)
        return service_->not_ready_reason();
    return lease_.is_held() ? "The lease is ours; the service is being started."
                            : lease_.waiting_reason();
}

Json LeasedService::status() const {
    if (service_ != nullptr)
        return service_->status();
    return {{"ready", false}, {"reason", not_ready_reason()}};
}

Task<Result<void>> LeasedService::make_service() {
    SteadyTime const deadline = steady_now() + make_limit;
    while (!is_stopping_) {
        try {
            service_ = make_();
            co_return Result<void>();
        } catch (StartupError const& error) {
            if (steady_now() >= deadline)
                throw;
            log::warn("Cannot start yet; tried again.", {{"reason", error.what()}});
        }
        if (auto slept = co_await sleep_for(make_pause); !slept)
            co_return slept;
    }
    co_return failure(ErrorCode::canceled, "Stopped.");
}

Task<void> LeasedService::start() {
    lease_.start();
    if (auto const ours = co_await lease_.acquired(); !ours)
        co_return;
    if (auto const made = co_await make_service(); !made)
        co_return;
    if (!is_stopping_)
        co_await service_->start();
}

Task<void> LeasedService::stop() {
    is_stopping_ = true;
    if (service_ != nullptr)
        co_await service_->stop();
    co_await lease_.stop();
}

}  // namespace millrace
