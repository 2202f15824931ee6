// SPDX-License-Identifier: Apache-2.0
#include "console/feed/tab.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::console;

namespace {

class CollectingWriter final : public BodyWriter {
public:
    Task<Result<void>> write(std::string_view bytes) override {
        text += bytes;
        co_return Result<void>();
    }
    void abandon() override {}

    std::string text;
};

/// What the tab has heard when its session is over.
std::string heard(asio::io_context& io, Tab& tab) {
    CollectingWriter writer;
    test::run_task(io, tab.run(writer, [] { return false; }));
    return writer.text;
}

Json row(std::string const& type) {
    return {{"type", type}, {"deliveries", {{"pending", 1}}}};
}

std::size_t count(std::string const& text, std::string const& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

}  // namespace

TEST_CASE("Tab: of a second's events 50 are passed on and the rest is counted") {
    asio::io_context io;
    Tab tab(io.get_executor(), {.events = true});
    SteadyTime const now = steady_now();
    for (std::int64_t seq = 1; seq <= 60; ++seq)
        tab.event(seq, row("t"), "event: event\ndata: x\n\n", now);
    tab.tell_left_out(now + 1s);
    std::string const text = heard(io, tab);
    CHECK(count(text, "event: event") == 50);
    CHECK(text.find("event: dropped\ndata: {\"n\":10}") != std::string::npos);
    CHECK(text.find("event: end\ndata: {\"code\":\"session.expired\"}") != std::string::npos);
}

TEST_CASE("Tab: it is filled up with what came since, and how the rest stands") {
    asio::io_context io;
    EventWindow window;
    window.begin_after(4);
    window.add(5, row("t"));
    window.add(6, row("other"));
    window.add(7, row("t"));
    window.update(5, {{"delivered", 1}});
    Tab tab(io.get_executor(), {.events = true, .type = "t", .since = 6});
    tab.fill_up(window);
    tab.event(6, row("t"), "event: again\ndata: x\n\n", steady_now());
    std::string const text = heard(io, tab);
    CHECK(
        text.find("event: delivery\ndata: {\"seq\":\"5\",\"deliveries\":{\"delivered\":1}}") !=
        std::string::npos);
    CHECK(text.find("id: 7\nevent: event") != std::string::npos);
    CHECK(count(text, "\"seq\":\"6\"") == 0);
    CHECK(text.find("again") == std::string::npos);
}

TEST_CASE("Tab: who asks for more than is held is told to read the history") {
    asio::io_context io;
    EventWindow window;
    window.begin_after(4);
    Tab tab(io.get_executor(), {.events = true, .since = 3});
    tab.fill_up(window);
    CHECK(heard(io, tab).find("event: resync") != std::string::npos);
}

TEST_CASE("Tab: deliveries are heard of listed events and of the one that is looked at") {
    asio::io_context io;
    Json const listed = row("t");
    Json const filtered = row("other");
    Tab list(io.get_executor(), {.events = true, .type = "t"});
    Tab page(io.get_executor(), {.seq = 7});
    for (Tab* tab : {&list, &page}) {
        tab->delivery(5, &listed, "data: five\n\n");
        tab->delivery(6, &filtered, "data: six\n\n");
        tab->delivery(7, nullptr, "data: seven\n\n");
    }
    std::string const in_list = heard(io, list);
    CHECK(in_list.find("five") != std::string::npos);
    CHECK(in_list.find("six") == std::string::npos);
    CHECK(in_list.find("seven") != std::string::npos);
    std::string const on_page = heard(io, page);
    CHECK(on_page.find("five") == std::string::npos);
    CHECK(on_page.find("seven") != std::string::npos);
}
