// SPDX-License-Identifier: Apache-2.0
#include "configurator/follow/step_log.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/configurator/form/given_properties.hpp"

using namespace millrace::configurator;
using namespace millrace::configurator::test;

TEST_CASE("step log: what each program of a step printed last, in the order they ended") {
    StepLog log;
    log.add("time", "run a", "one\n", {});
    log.add("time", "run b", "two", {});
    log.add("time", "run a", "three\n", {});
    log.add("other", "run c", "", {});
    CHECK(log.text("time") == "$ run b\ntwo\n$ run a\nthree\n");
    CHECK(log.text("other") == "$ run c\n");
    CHECK_FALSE(log.text("none"));
    log.clear();
    CHECK_FALSE(log.text("time"));
}

TEST_CASE("step log: nothing secret of the form, and no property that is unknown") {
    StepLog log;
    auto form = with(least_form(), "hostname", "a.example");
    form = with(form, "passwort", "canary of a typing error");
    log.add(
        "passwords", "run chpasswd",
        "root:a root password: a root password a.example canary of a typing error\n", form);
    CHECK(log.text("passwords") == "$ run chpasswd\nroot:(hidden): (hidden) a.example (hidden)\n");
}

TEST_CASE("step log: bounded, and text") {
    StepLog log;
    std::string flood;
    for (int line = 0; line < 100'000; ++line)
        flood += "line " + std::to_string(line) + "\n";
    for (int program = 0; program < 100; ++program)
        log.add("time", "run " + std::to_string(program), flood, {});
    auto const text = log.text("time");
    REQUIRE(text);
    CHECK(text->size() < StepLog::step_bytes_max + 1'000);
    CHECK(text->ends_with("line 99999\n"));
    CHECK(text->find("$ run 99\n...\nline ") != std::string::npos);
    log.add("escape", "run x", "\x1b[31mred\x1b[0m \xff\ttab\r\n", {});
    CHECK(log.text("escape") == "$ run x\n[31mred[0m \xef\xbf\xbd\ttab\n");
}
