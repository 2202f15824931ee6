// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/list_watch.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

Json object(std::string const& name, std::string const& version, std::string const& uid = "u-1") {
    return {
        {"metadata",
         {{"namespace", "default"}, {"name", name}, {"uid", uid}, {"resourceVersion", version}}}};
}

Json page(std::vector<Json> items, std::string const& version, std::string const& next = "") {
    Json json;
    json["metadata"] = {{"resourceVersion", version}};
    if (!next.empty())
        json["metadata"]["continue"] = next;
    json["items"] = Json::array();
    for (Json& item : items)
        json["items"].push_back(std::move(item));
    return json;
}

std::string line(std::string const& type, Json object) {
    return dump_json({{"type", type}, {"object", std::move(object)}});
}

/// All that is to be told: "+name", "-name", "=" for synced.
std::string told(ListWatch& watch) {
    std::string text;
    while (watch.has_event()) {
        WatchEvent const event = watch.take();
        bool const is_added = event.type == WatchEvent::Type::added;
        bool const is_synced = event.type == WatchEvent::Type::synced;
        text += is_synced ? "=" : (is_added ? "+" : "-") + event.name.name;
    }
    return text;
}

ListWatch synced_watch() {
    ListWatch watch(kinds::trigger);
    REQUIRE(watch.take_page(page({object("a", "5"), object("b", "7")}, "9")));
    CHECK(told(watch) == "+a+b=");
    return watch;
}

}  // namespace

TEST_CASE("API watch: it begins with a listing, and watches from the listing's version on") {
    ListWatch watch(kinds::trigger);
    CHECK(watch.is_listing());
    REQUIRE(watch.take_page(page({}, "9")));
    CHECK(told(watch) == "=");
    CHECK_FALSE(watch.is_listing());
    CHECK(watch.version() == "9");
}

TEST_CASE("API watch: what a listing holds is told page by page, and synced after the last") {
    ListWatch watch(kinds::trigger);
    REQUIRE(watch.take_page(page({object("a", "5")}, "9", "next")));
    CHECK(told(watch) == "+a");
    CHECK(watch.is_listing());
    CHECK(watch.continue_token() == "next");
    REQUIRE(watch.take_page(page({object("b", "6")}, "9")));
    CHECK(told(watch) == "+b=");
}

TEST_CASE("API watch: an object of a listing has its kind, which lists leave out") {
    ListWatch watch(kinds::trigger);
    REQUIRE(watch.take_page(page({object("a", "5")}, "9")));
    Json const told_object = watch.take().resource.object;
    CHECK(string_at(told_object, "apiVersion") == "eventing.knative.dev/v1");
    CHECK(string_at(told_object, "kind") == "Trigger");
}

TEST_CASE("API watch: changes are told, and move the version") {
    ListWatch watch = synced_watch();
    REQUIRE(watch.take_line(line("ADDED", object("c", "10"))));
    REQUIRE(watch.take_line(line("MODIFIED", object("a", "11"))));
    REQUIRE(watch.take_line(line("DELETED", object("b", "12"))));
    CHECK(told(watch) == "+c+a-b");
    CHECK(watch.version() == "12");
}

TEST_CASE("API watch: a bookmark moves the version alone") {
    ListWatch watch = synced_watch();
    REQUIRE(watch.take_line(line("BOOKMARK", {{"metadata", {{"resourceVersion", "40"}}}})));
    CHECK_FALSE(watch.has_event());
    CHECK(watch.version() == "40");
}

TEST_CASE("API watch: a version that is not kept any more (410) begins a listing; known is known") {
    ListWatch watch = synced_watch();
    REQUIRE(
        watch.take_line(line("ERROR", {{"kind", "Status"}, {"code", 410}, {"reason", "Expired"}})));
    CHECK(watch.is_listing());
    CHECK(watch.continue_token().empty());
    CHECK_FALSE(watch.has_event());
    REQUIRE(watch.take_page(page({object("a", "5"), object("c", "50")}, "60")));
    CHECK(told(watch) == "+c-b");
    CHECK(watch.version() == "60");
}

// Review 4.4: a listing that breaks off is no absence.
TEST_CASE("API watch: a listing that breaks off tells nothing as gone") {
    ListWatch watch = synced_watch();
    REQUIRE(watch.gone());
    REQUIRE(watch.take_page(page({object("a", "5")}, "60", "next")));
    CHECK_FALSE(watch.gone());
    CHECK(told(watch).empty());
    REQUIRE(watch.take_page(page({object("a", "5"), object("b", "7")}, "61")));
    CHECK(told(watch).empty());
}

// Review 4.5: identity is the uid.
TEST_CASE("API watch: an object made again between two listings is told as gone first") {
    ListWatch watch = synced_watch();
    REQUIRE(watch.gone());
    REQUIRE(watch.take_page(page({object("a", "50", "u-2"), object("b", "7")}, "60")));
    CHECK(told(watch) == "-a+a");
}

TEST_CASE("API watch: what is no list is an error, and tells nothing as gone") {
    ListWatch watch = synced_watch();
    REQUIRE(watch.gone());
    for (auto const* text :
         {"{}", R"({"metadata":{"resourceVersion":"9"}})",
          R"({"metadata":{"resourceVersion":"9"},"items":{}})"}) {
        auto const taken = watch.take_page(*parse_json(text));
        REQUIRE_FALSE(taken);
        CHECK(taken.error().code == ErrorCode::unavailable);
        CHECK(watch.is_listing());
        CHECK_FALSE(watch.has_event());
    }
}

TEST_CASE("API watch: after a line that cannot be understood everything is listed again") {
    for (std::string const& text : std::vector<std::string>{
             "<html>", "{}", R"({"type":"ADDED"})", line("ADDED", {{"metadata", Json::object()}}),
             line("RENAMED", object("a", "70")),
             line("ERROR", {{"code", 500}, {"message", "etcd is gone"}})}) {
        INFO(text);
        ListWatch watch = synced_watch();
        auto const taken = watch.take_line(text);
        REQUIRE_FALSE(taken);
        CHECK(taken.error().code == ErrorCode::unavailable);
        CHECK(watch.is_listing());
        CHECK_FALSE(watch.has_event());
    }
}

TEST_CASE("API watch: a version that is never kept is no reason to ask without a pause") {
    ListWatch watch = synced_watch();
    REQUIRE(watch.gone());
    REQUIRE(watch.take_page(page({}, "60")));
    auto const again = watch.gone();
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::unavailable);
    REQUIRE(watch.take_page(page({}, "61")));
    REQUIRE(watch.take_line(line("ADDED", object("a", "62"))));
    CHECK(watch.gone());
}
