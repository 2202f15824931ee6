// SPDX-License-Identifier: Apache-2.0
#include "broker/record/trigger_set.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

TEST_CASE("Trigger set: about a byte a trigger is stored, and read again", "[broker]") {
    std::vector<TriggerVersionRef> versions;
    for (std::uint32_t id = 4'000'000'000U; id > 4'000'000'000U - 1000; --id)
        versions.push_back(std::make_shared<TriggerVersion const>(TriggerVersion{.id = id}));
    std::string const bytes = encode_ids(versions);
    CHECK(bytes.size() <= 1005);
    auto const ids = decode_ids(bytes);
    REQUIRE(ids);
    REQUIRE(ids->size() == 1000);
    CHECK(ids->front() == 4'000'000'000U - 999);
    CHECK(ids->back() == 4'000'000'000U);
    CHECK(decode_ids("")->empty());
    CHECK(decode_ids("\xff").error().code == ErrorCode::damaged);
}

TEST_CASE("Trigger set: a store without uids says nothing against an object", "[broker]") {
    CHECK(is_same_object("", "a"));
    CHECK(is_same_object("a", "a"));
    CHECK_FALSE(is_same_object("a", "b"));
}
