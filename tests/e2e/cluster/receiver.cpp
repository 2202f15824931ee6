// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/cluster/receiver.hpp"

#include "tests/e2e/cluster/cluster.hpp"
#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

HttpServerOptions on_host_address() {
    HttpServerOptions options;
    options.address = host_address;
    return options;
}

}  // namespace

Receiver::Receiver(asio::io_context& io)
    : server_(io.get_executor(), on_host_address(), [this](HttpRequest& request) {
          return take(request);
      }) {
    server_.start();
}

Task<HttpAnswer> Receiver::take(HttpRequest& request) {
    ++counts_[std::string(request.headers.get("ce-id"))];
    co_return HttpAnswer();
}

std::string Receiver::subscriber() const {
    return "{uri: \"" + server_.url() + "/\"}";
}

std::size_t Receiver::count(std::string const& id) const {
    auto const found = counts_.find(id);
    return found == counts_.end() ? 0 : found->second;
}

Task<void> post_event(
    HttpClient& client, std::string url, std::string id, std::string type, nanoseconds limit) {
    SteadyTime const deadline = steady_now() + limit;
    for (;;) {
        HttpRequest event;
        event.method = "POST";
        event.headers = {
            {"ce-specversion", "1.0"}, {"ce-id", id}, {"ce-source", "test"}, {"ce-type", type}};
        auto const answer = co_await client.send(parse_url(url).value(), event, 5s);
        if (answer && answer->status == 202)
            co_return;
        INFO(id);
        INFO((answer ? answer->body : answer.error().detail));
        REQUIRE(steady_now() < deadline);
        co_await sleep_for(100ms);
    }
}

}  // namespace millrace::test
