// SPDX-License-Identifier: Apache-2.0
#include "common/net/body_budget.hpp"

#include <optional>

#include "tests/support/catch.hpp"

using namespace millrace;

// Attack 10.
TEST_CASE("Body budget: what one has the others lack, until it ends") {
    BodyBudget budget(100);
    std::optional<BodyBudget::Share> one(budget);
    BodyBudget::Share two(budget);
    CHECK(one->grow_to(60));
    CHECK(one->grow_to(50));
    CHECK(budget.left() == 40);
    CHECK_FALSE(two.grow_to(41));
    CHECK(two.grow_to(40));
    one.reset();
    CHECK(budget.left() == 60);
    CHECK(two.grow_to(100));
}

TEST_CASE("Body budget: a share may outlive it") {
    std::optional<BodyBudget> budget(100);
    BodyBudget::Share share(*budget);
    CHECK(share.grow_to(60));
    budget.reset();
    CHECK(share.grow_to(100));
    CHECK_FALSE(share.grow_to(101));
}
