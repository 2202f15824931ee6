// SPDX-License-Identifier: Apache-2.0
#include "configurator/images/image_work.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::configurator;
using State = ImageWork::State;

namespace {

SteadyTime const start{1000s};
SystemTime const noon{1'700'000'000s};

ErrorCode code_of(Result<void> const& refused) {
    REQUIRE_FALSE(refused);
    return refused.error().code;
}

}  // namespace

TEST_CASE("image upload: pieces come in order, all of them, and nothing more") {
    ImageWork work;
    REQUIRE(work.begin("tool.tar", 10, start));
    CHECK(work.state() == State::receiving);
    CHECK(work.accept(0, 4, start));
    CHECK(code_of(work.accept(0, 4, start)) == ErrorCode::conflict);
    CHECK(code_of(work.accept(8, 2, start)) == ErrorCode::conflict);
    CHECK(code_of(work.accept(4, 7, start)) == ErrorCode::too_large);
    CHECK(code_of(work.finish()) == ErrorCode::conflict);
    CHECK(work.accept(4, 6, start));
    CHECK(work.finish());
    CHECK(work.state() == State::checking);
    work.import();
    CHECK(work.state() == State::importing);
    work.end(ImageWork::Outcome::added, "", noon);
    CHECK(work.state() == State::idle);
    REQUIRE(work.last());
    CHECK(work.last()->name == "tool.tar");
}

TEST_CASE("image upload: one at a time; one that nobody goes on with gives way after a minute") {
    ImageWork work;
    REQUIRE(work.begin("a.tar", 10, start));
    CHECK(code_of(work.begin("b.tar", 10, start + 60s)) == ErrorCode::conflict);
    CHECK(code_of(work.remove("c.tar")) == ErrorCode::conflict);
    CHECK(work.accept(0, 1, start + 60s));
    CHECK(code_of(work.begin("b.tar", 10, start + 120s)) == ErrorCode::conflict);
    CHECK(work.begin("b.tar", 10, start + 121s));
    CHECK(work.name() == "b.tar");
    CHECK(work.received() == 0);
    CHECK(work.accept(0, 10, start + 121s));
    CHECK(work.finish());
    CHECK(code_of(work.begin("c.tar", 10, start + 1000s)) == ErrorCode::conflict);
}

TEST_CASE("image upload: names and sizes are checked before a byte comes") {
    ImageWork work;
    for (auto const* name : {"", ".tar", "a", "a.tgz", "../a.tar", "a b.tar", ".a.tar", "-a.tar"}) {
        INFO(name);
        CHECK(code_of(work.begin(name, 10, start)) == ErrorCode::invalid);
    }
    CHECK(code_of(work.begin(std::string(130, 'a') + ".tar", 10, start)) == ErrorCode::invalid);
    CHECK(code_of(work.begin("a.tar", 0, start)) == ErrorCode::invalid);
    CHECK(code_of(work.begin("a.tar", archive_bytes_max + 1, start)) == ErrorCode::too_large);
    CHECK(work.state() == State::idle);
    CHECK(work.begin("a.tar", archive_bytes_max, start));
}

TEST_CASE("image removal: what came of it is told") {
    ImageWork work;
    REQUIRE(work.remove("a.tar"));
    CHECK(work.state() == State::removing);
    CHECK(code_of(work.accept(0, 1, start)) == ErrorCode::conflict);
    work.end(ImageWork::Outcome::failed, "It is in use.", noon);
    REQUIRE(work.last());
    CHECK(work.last()->problem == "It is in use.");
    CHECK(to_string(work.last()->outcome) == "failed");
}
