// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/base/json.hpp"
#include "common/net/http_client.hpp"
#include "tests/integration/broker/broker_process.hpp"
#include "tests/integration/broker/subscriber.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::test {

/// A broker process over a store of its own, and a client to talk to it.
class BrokerWorld {
public:
    explicit BrokerWorld(BrokerProcess::Options options = {});

    /// Writes objects of the store; `spec` is JSON.
    void put_broker(std::string const& spec = "{}");
    void put_trigger(std::string const& name, std::string const& spec);
    void remove_trigger(std::string const& name);
    /// A Trigger spec that sends everything to `url`; `more` is added to the spec (", ...").
    static std::string spec_to(std::string const& url, std::string const& more = "");

    Task<Result<HttpResponse>> post(HttpRequest request, std::string path = "/default/default");
    /// Posts one event and returns the status; 0: no answer.
    Task<int> send(std::string id, Headers more = {});
    /// GET of the API; fails the test if it does not answer 200.
    Task<Json> api(std::string path_and_query);
    /// The object's status as written, or null.
    Json status_of(std::string const& folder, std::string const& name) const;
    /// Waits until the Trigger's status has Ready `state`.
    Task<void> wait_for_ready(std::string trigger, std::string state);

    asio::io_context io;
    TemporaryFolder folder;
    BrokerProcess broker;
    HttpClient client;
};

}  // namespace millrace::test
