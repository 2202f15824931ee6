// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/system/event_sink.hpp"

namespace millrace::test {

EventSink::EventSink(asio::io_context& io, Manners manners)
    : manners_(manners),
      server_(io.get_executor(), {}, [this](HttpRequest& request) { return take(request); }) {
    server_.start();
}

Task<HttpAnswer> EventSink::take(HttpRequest& request) {
    ++requests_;
    if (manners_.delay > 0ms)
        co_await sleep_for(manners_.delay);
    if (manners_.refuse_one_of != 0 && requests_ % manners_.refuse_one_of == 0) {
        ++refused_;
        co_return text_answer(503, "not now\n");
    }
    Receipt receipt;
    receipt.key = std::stoll(std::string(request.headers.get("ce-id")));
    receipt.entity = std::string(request.headers.get("ce-partitionkey"));
    distinct_.insert(receipt.key);
    taken_.push_back(std::move(receipt));
    co_return text_answer(202, "");
}

}  // namespace millrace::test
