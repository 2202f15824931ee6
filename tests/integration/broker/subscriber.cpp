// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/broker/subscriber.hpp"

#include "tests/support/catch.hpp"

namespace millrace::test {

Subscriber::Subscriber(asio::io_context& io, HttpServerOptions options)
    : script_([](HttpRequest const&, int) { return HttpResponse{.status = 202}; }),
      server_(io.get_executor(), std::move(options), [this](HttpRequest& request) {
          return take(request);
      }) {
    server_.start();
}

Task<HttpAnswer> Subscriber::take(HttpRequest& request) {
    Receipt receipt{.request = request, .at = system_now()};
    int const nth = ++counts_[receipt.id()];
    receipts_.push_back(std::move(receipt));
    if (delay_ > 0ms)
        co_await sleep_for(delay_);
    co_return HttpAnswer(script_(request, nth));
}

int Subscriber::count(std::string const& id) const {
    auto const found = counts_.find(id);
    return found == counts_.end() ? 0 : found->second;
}

Task<void> Subscriber::wait_for(std::function<bool()> condition, milliseconds limit) {
    SteadyTime const deadline = steady_now() + limit;
    while (!condition()) {
        if (steady_now() > deadline)
            FAIL(
                "Not in time; " << receipts_.size() << " receipts of " << counts_.size()
                                << " events.");
        co_await sleep_for(2ms);
    }
}

}  // namespace millrace::test
