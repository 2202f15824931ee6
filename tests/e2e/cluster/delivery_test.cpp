// SPDX-License-Identifier: Apache-2.0
// One event through the cluster: Broker, Trigger, a function from zero, its reply.
#include <iostream>

#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/cluster/receiver.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr std::string_view code = R"(def handle(event):
    return {"type": "test.answer", "id": "answer-to-" + event.id, "source": "test"}
)";

/// From the event's acceptance to its reply's arrival.
Task<milliseconds> time_of_reply(HttpClient& client, Receiver& receiver, std::string id) {
    co_await post_event(client, broker_url(), id, "test.question", 30s);
    SteadyTime const accepted = steady_now();
    CHECK(co_await comes_true([&] { return receiver.count("answer-to-" + id) > 0; }, 30s));
    co_return std::chrono::duration_cast<milliseconds>(steady_now() - accepted);
}

Task<void> check_reply(asio::io_context& io, Receiver& receiver) {
    HttpClient client(io.get_executor(), {});
    kubectl("wait ksvc/test-answer --for=condition=Ready --timeout=60s");
    kubectl("wait trigger/test-question trigger/test-answer --for=condition=Ready --timeout=30s");
    // Its first pod is there to show that it can be; it ends when nobody asks.
    kubectl(
        "wait pod --for=delete --selector serving.knative.dev/service=test-answer --timeout=120s");
    milliseconds const cold = co_await time_of_reply(client, receiver, "1");
    milliseconds const warm = co_await time_of_reply(client, receiver, "2");
    std::cout << "event to reply: from zero " << cold.count() << " ms, warm " << warm.count()
              << " ms\n";
    co_await receiver.stop();
}

TEST_CASE("Cluster: a function at zero answers an event, and its reply is delivered") {
    asio::io_context io;
    Receiver receiver(io);
    apply_objects(
        python_function("test-answer", std::string(code)) +
        trigger("test-question", "test.question", function_ref("test-answer")) +
        trigger("test-answer", "test.answer", receiver.subscriber()));
    run_task(io, check_reply(io, receiver), 300s);
    kubectl(
        "delete ksvc/test-answer trigger/test-question trigger/test-answer "
        "configmap/test-answer-code");
}

TEST_CASE("Cluster: a Trigger whose function is not there says so, and heals when it comes") {
    apply_objects(trigger("test-late", "test.late", function_ref("test-late")));
    kubectl("wait trigger/test-late --for=condition=Ready=False --timeout=30s");
    std::string const message = kubectl(
        "get trigger test-late "
        "--output 'jsonpath={.status.conditions[?(@.type==\"Ready\")].message}'");
    CHECK(message.find("Service vmware-functions/test-late does not exist") != std::string::npos);
    apply_objects(python_function("test-late", std::string(code)));
    kubectl("wait trigger/test-late --for=condition=Ready --timeout=60s");
    kubectl("delete trigger/test-late ksvc/test-late configmap/test-late-code");
}

}  // namespace
