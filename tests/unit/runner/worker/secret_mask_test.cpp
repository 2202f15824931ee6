// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/secret_mask.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using runner::SecretMask;

TEST_CASE("Secret mask: a value is hidden wherever it stands, and other text is left") {
    SecretMask const mask({Secret("hunter22"), Secret("hunter")});
    CHECK(mask.apply("a hunter22, a hunter: hunterhunter22") == "a ***, a ***: ******");
    CHECK(mask.apply("nothing to hide") == "nothing to hide");
    CHECK(SecretMask().apply("hunter22") == "hunter22");
}

TEST_CASE(
    "Secret mask: of a JSON document each text and number is hidden, also as JSON writes it") {
    SecretMask const mask(
        {Secret(R"({"URL":"https://x/y","deep":[{"KEY":"a\"b\"c"}],"PIN":123456})")});
    CHECK(mask.apply("post to https://x/y") == "post to ***");
    CHECK(mask.apply(R"(KEY is a"b"c or a\"b\"c)") == "KEY is *** or ***");
    CHECK(mask.apply("PIN 123456") == "PIN ***");
    CHECK(
        mask.apply(R"(whole: {"URL":"https://x/y","deep":[{"KEY":"a\"b\"c"}],"PIN":123456})") ==
        "whole: ***");
}

TEST_CASE("Secret mask: a value of several lines is hidden line by line") {
    SecretMask const mask({Secret("-----BEGIN KEY-----\r\nMIIEvQIBADANBg\n==\n")});
    CHECK(mask.apply("MIIEvQIBADANBg") == "***");
    CHECK(mask.apply("x -----BEGIN KEY----- y") == "x *** y");
    CHECK(mask.apply("a == b") == "a == b");
}

TEST_CASE("Secret mask: what is too short to be told from other text is left") {
    SecretMask const mask(
        {Secret(""), Secret("abc"), Secret(R"({"a":true,"b":null,"c":1,"d":"no"})")});
    CHECK(mask.apply("abc true null 1 no") == "abc true null 1 no");
}
