// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/pem.hpp"

#include "common/base/encoding.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::configurator;

namespace {

std::string block(std::string const& label, std::string const& bytes) {
    return PemBlock{label, base64_encode(bytes)}.text();
}

}  // namespace

TEST_CASE("PEM: plain, in base64, and in the one line that a form leaves of it") {
    std::string const text =
        block("CERTIFICATE", std::string(100, 'a')) + block("CERTIFICATE", "b");
    std::string one_line = text;
    for (char& one : one_line)
        one = one == '\n' ? ' ' : one;
    for (std::string const& given : {text, base64_encode(text), one_line, "comment\n" + text}) {
        auto const blocks = read_pem(given);
        REQUIRE(blocks);
        REQUIRE(blocks->size() == 2);
        CHECK((*blocks)[0].text() + (*blocks)[1].text() == text);
    }
}

TEST_CASE("PEM: lines have 64 characters (RFC 7468, 2)") {
    CHECK(
        block("X", std::string(60, '\0')) == "-----BEGIN X-----\n" + std::string(64, 'A') + "\n" +
                                                 std::string(16, 'A') + "\n-----END X-----\n");
}

TEST_CASE("PEM: what is none is told, without any of it") {
    auto const told = [](std::string const& text) {
        auto const blocks = read_pem(text);
        REQUIRE_FALSE(blocks);
        return blocks.error();
    };
    CHECK(told("not base64!").starts_with("is no base64"));
    CHECK(told(base64_encode("nothing in here")).find("no PEM") != std::string::npos);
    CHECK(told("-----BEGIN CERTIFICATE-----\nAAAA").find("breaks off") != std::string::npos);
    CHECK(told("-----BEGIN ").find("breaks off") != std::string::npos);
    CHECK(
        told("-----BEGIN A-----\n*!\n-----END A-----").find("\"A\" that is damaged") !=
        std::string::npos);
    CHECK(told("-----BEGIN A-----\n-----END A-----").find("is damaged") != std::string::npos);
    CHECK(told("-----BEGIN A-----\nAAAA\n-----END B-----").find("breaks off") != std::string::npos);
}
