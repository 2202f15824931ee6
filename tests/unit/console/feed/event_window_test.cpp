// SPDX-License-Identifier: Apache-2.0
#include "console/feed/event_window.hpp"

#include "console/feed/told_items.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;

TEST_CASE("Event window: it knows from where on it has every event") {
    EventWindow window(3);
    CHECK_FALSE(window.covers(100));
    window.begin_after(10);
    CHECK(window.covers(10));
    CHECK(window.covers(50));
    CHECK_FALSE(window.covers(9));
    for (std::int64_t seq = 11; seq <= 15; ++seq)
        window.add(seq, Json::object());
    CHECK(window.rows().size() == 3);
    CHECK(window.covers(12));
    CHECK_FALSE(window.covers(11));
    window.break_off();
    CHECK_FALSE(window.covers(15));
    window.add(20, Json::object());
    CHECK(window.covers(19));
    CHECK_FALSE(window.covers(18));
}

TEST_CASE("Event window: a row that is given out later says how its deliveries stand now") {
    EventWindow window;
    window.add(1, {{"type", "t"}, {"deliveries", {{"pending", 1}}}});
    CHECK(window.update(2, {{"pending", 0}}) == nullptr);
    Json const* row = window.update(1, {{"delivered", 1}});
    REQUIRE(row != nullptr);
    CHECK(string_at(*row, "type") == "t");
    CHECK(integer_at(window.rows().at(1), "deliveries/delivered") == 1);
}

TEST_CASE("Told items: only what differs is told") {
    ToldItems told;
    auto changes = told.replace({{"a", "1"}, {"b", "2"}});
    CHECK(changes.changed == std::vector<std::string>{"1", "2"});
    changes = told.replace({{"a", "1"}, {"b", "3"}, {"c", "4"}});
    CHECK(changes.changed == std::vector<std::string>{"3", "4"});
    CHECK(changes.removed.empty());
    changes = told.replace({{"b", "3"}});
    CHECK(changes.changed.empty());
    CHECK(changes.removed == std::vector<std::string>{"a", "c"});
}
