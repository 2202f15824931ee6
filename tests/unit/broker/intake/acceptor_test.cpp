// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/acceptor.hpp"

#include "broker/intake/ttl.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::broker;
using namespace millrace::test;

namespace {

class Accepting {
public:
    Accepting()
        : log({.folder = folder.path() / "segments"}, segments),
          totals(folder.path() / "totals.db"),
          writer(
              {.io = io, .log = log, .totals = totals, .telemetry = telemetry}, {},
              [this](EventBatch const& batch) {
                  told.insert(told.end(), batch.begin(), batch.end());
              }),
          acceptor(writer, matcher) {
        acceptor.set_brokers(
            {{.broker = "default/default"},
             {.broker = "default/broken", .fault = "It is broken."}});
    }
    ~Accepting() { writer.stop(); }

    Task<void> accept(std::vector<CloudEvent> events, Result<void>& outcome) {
        Acceptor::Incoming incoming{.broker = "default/default", .traceparent = "00-1-2-01"};
        incoming.events = std::move(events);
        outcome = co_await acceptor.accept(std::move(incoming));
    }
    Result<void> accepted(std::vector<CloudEvent> events) {
        Result<void> outcome;
        run_task(io, accept(std::move(events), outcome));
        return outcome;
    }

    TemporaryFolder folder;
    asio::io_context io;
    Telemetry telemetry;
    SegmentDirectory segments;
    EventLog log;
    TotalsFile totals;
    EventBatch told;
    Writer writer;
    Matcher matcher{Matcher::FirstIds{}};
    Acceptor acceptor;
};

CloudEvent event(std::string const& id) {
    return {.id = id, .source = "/s", .type = "t"};
}

}  // namespace

TEST_CASE("Acceptor: a broker takes events, says its fault, or does not exist", "[broker]") {
    Accepting in;
    CHECK(in.acceptor.check_broker("default/default"));
    auto const broken = in.acceptor.check_broker("default/broken");
    CHECK(broken.error().code == ErrorCode::unavailable);
    CHECK(broken.error().detail.find("It is broken.") != std::string::npos);
    CHECK(in.acceptor.check_broker("default/none").error().code == ErrorCode::not_found);
}

TEST_CASE("Acceptor: all events of a request are stored, or none", "[broker]") {
    Accepting in;
    CHECK(in.accepted({event("1"), event("2")}));
    CHECK(in.told.size() == 2);
    CloudEvent large = event("large");
    large.data = std::string(Acceptor::event_bytes_max + 1, 'x');
    auto const refused = in.accepted({event("3"), large});
    CHECK(refused.error().code == ErrorCode::too_large);
    CHECK(refused.error().detail.find("large") != std::string::npos);
    CHECK(in.told.size() == 2);
    CHECK(in.accepted({}));
}

TEST_CASE("Acceptor: what an event takes is counted as it is, whatever it is made of", "[broker]") {
    Accepting in;
    CloudEvent wordy = event(std::string(4000, 'i'));
    wordy.subject = std::string(4000, 's');
    REQUIRE(in.accepted({wordy}));
    CHECK(in.told.front()->memory_bytes > 8000);
}

TEST_CASE("Acceptor: a reply has one pass less to live, and none at last", "[broker]") {
    Accepting in;
    REQUIRE(in.accepted({event("1")}));
    StoredEventRef of = in.told.back();
    CHECK(of->ttl == ttl_start);
    Result<void> outcome;
    auto const reply = [](Accepting& to, StoredEventRef to_event,
                          Result<void>& told) -> Task<void> {
        told = co_await to.acceptor.accept_reply(std::move(to_event), event("reply"));
    };
    run_task(in.io, reply(in, of, outcome));
    REQUIRE(outcome);
    CHECK(in.told.back()->ttl == ttl_start - 1);
    CHECK(in.told.back()->traceparent == "00-1-2-01");
    auto last = std::make_shared<StoredEvent>(*of);
    last->ttl = 1;
    run_task(in.io, reply(in, last, outcome));
    CHECK(outcome.error().code == ErrorCode::invalid);
}
