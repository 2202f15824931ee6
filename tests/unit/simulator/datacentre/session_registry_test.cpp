// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/session_registry.hpp"

#include <set>

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

using test::noon;

TEST_CASE("Session registry: a cookie finds its session, no other does", "[simulator]") {
    SessionRegistry sessions(30min);
    auto* const ada = sessions.begin({.user_name = "ada"}, noon);
    auto* const bob = sessions.begin({.user_name = "bob"}, noon);
    CHECK(sessions.use(ada->cookie, noon) == ada);
    CHECK(sessions.use(bob->cookie, noon) == bob);
    CHECK(sessions.use("", noon) == nullptr);
    CHECK(sessions.use(ada->cookie + "x", noon) == nullptr);
    CHECK(sessions.use(ada->cookie.substr(1), noon) == nullptr);
}

TEST_CASE("Session registry: cookies are long and never the same", "[simulator]") {
    SessionRegistry sessions(30min);
    std::set<std::string> cookies;
    for (int i = 0; i < 100; ++i)
        cookies.insert(sessions.begin({}, noon)->cookie);
    CHECK(cookies.size() == 100);
    CHECK(cookies.begin()->size() == 40);
}

TEST_CASE("Session registry: idling ends a session, use puts its end off", "[simulator]") {
    SessionRegistry sessions(30min);
    auto const used = sessions.begin({}, noon)->cookie;
    auto const idle = sessions.begin({}, noon)->cookie;
    CHECK(sessions.use(used, noon + 20min) != nullptr);
    CHECK(sessions.use(used, noon + 50min) != nullptr);
    CHECK(sessions.use(idle, noon + 50min) == nullptr);
    CHECK(sessions.ended_by_idling() == 1);
    CHECK(sessions.use(used, noon + 80min + 1ns) == nullptr);
    CHECK(sessions.all().empty());
}

TEST_CASE("Session registry: one that ends leaves the others", "[simulator]") {
    SessionRegistry sessions(30min);
    auto const one = sessions.begin({}, noon)->cookie;
    auto const two = sessions.begin({}, noon)->cookie;
    sessions.end(one);
    sessions.end("nobody");
    CHECK(sessions.use(one, noon) == nullptr);
    CHECK(sessions.use(two, noon) != nullptr);
    sessions.end_all();
    CHECK(sessions.use(two, noon) == nullptr);
    CHECK(sessions.ended_by_idling() == 0);
}

TEST_CASE("Session registry: beyond the limit none begins until one has ended", "[simulator]") {
    SessionRegistry sessions(30min);
    std::string last;
    for (std::size_t i = 0; i < SessionRegistry::sessions_max; ++i)
        last = sessions.begin({}, noon)->cookie;
    CHECK(sessions.begin({}, noon) == nullptr);
    sessions.end(last);
    CHECK(sessions.begin({}, noon) != nullptr);
    CHECK(sessions.begin({}, noon + 31min) != nullptr);
}

TEST_CASE(
    "Session registry: objects are named after their session, each by itself", "[simulator]") {
    Session session;
    session.facts.session_key = "52abc";
    auto const one = session.new_object_id();
    CHECK(one.starts_with("session[52abc]"));
    CHECK(one != session.new_object_id());
}

TEST_CASE("Session cookie: it is found among others, by its whole name", "[simulator]") {
    struct Example {
        std::string_view header;
        std::string_view cookie;
    };
    auto const example = GENERATE(
        Example{"vmware_soap_session=ab", "ab"}, Example{"vmware_soap_session=\"ab\"", "ab"},
        Example{"a=1;vmware_soap_session=ab;b=2", "ab"},
        Example{" vmware_soap_session = \"ab\" ; Path=/", "ab"},
        Example{"vmware_soap_session=a=b", "a=b"}, Example{"xvmware_soap_session=ab", ""},
        Example{"vmware_soap_session", ""}, Example{"vmware_soap_session=", ""},
        Example{";;;", ""});
    INFO(example.header);
    CHECK(session_cookie(example.header) == example.cookie);
}

TEST_CASE(
    "Displayed user: domain in capitals before the name, a bare name as it is", "[simulator]") {
    CHECK(displayed_user("administrator@vsphere.local") == "VSPHERE.LOCAL\\administrator");
    CHECK(displayed_user("a@b@corp.example") == "CORP.EXAMPLE\\a@b");
    CHECK(displayed_user("root") == "root");
}

}  // namespace
}  // namespace millrace::simulator
