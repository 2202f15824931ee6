// SPDX-License-Identifier: Apache-2.0
#include "common/base/result.hpp"

#include <set>

#include "tests/support/catch.hpp"

using namespace millrace;

TEST_CASE("Error codes: each has a name of its own, as logs and API answers show it") {
    std::set<std::string_view> names;
    for (auto const code :
         {ErrorCode::invalid, ErrorCode::not_found, ErrorCode::conflict, ErrorCode::too_large,
          ErrorCode::unsupported, ErrorCode::unauthenticated, ErrorCode::forbidden,
          ErrorCode::timed_out, ErrorCode::unavailable, ErrorCode::closed, ErrorCode::storage,
          ErrorCode::damaged, ErrorCode::canceled})
        names.insert(to_string(code));
    CHECK(names.size() == 13);
    CHECK_FALSE(names.contains("unknown"));
    CHECK(to_string(ErrorCode::not_found) == "notFound");
}

TEST_CASE("Faults: in a file's form a line each, in a sentence's form one after the other") {
    Faults const faults = {{"a.yaml:3", "is required."}, {"--lanes", "must be a number."}};
    CHECK(to_string(faults) == "a.yaml:3: is required.\n--lanes: must be a number.");
    CHECK(to_sentences(faults) == "a.yaml:3 is required. --lanes must be a number.");
    CHECK(to_string(Faults()).empty());
    CHECK(to_sentences(Faults()).empty());
}

TEST_CASE("Failure: it carries the code to branch on and the sentence for a person") {
    Result<int> const result = failure(ErrorCode::conflict, "It was changed meanwhile.");
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::conflict);
    CHECK(result.error().detail == "It was changed meanwhile.");
}
