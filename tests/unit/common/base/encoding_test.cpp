// SPDX-License-Identifier: Apache-2.0
#include "common/base/encoding.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

TEST_CASE("Base64: the test vectors of RFC 4648 section 10") {
    std::vector<std::pair<std::string, std::string>> const vectors = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"}};
    for (auto const& [plain, encoded] : vectors) {
        CHECK(base64_encode(plain) == encoded);
        CHECK(base64_decode(encoded).value() == plain);
    }
    for (auto const* bad : {"Zg=", "Zg", "Z===", "Zm9v!A==", "====", "Zm 9v"}) {
        INFO(bad);
        CHECK_FALSE(base64_decode(bad).has_value());
    }
}

TEST_CASE("CRC-32C: the test vector of RFC 3720 appendix B.4") {
    CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aaU);
    CHECK(crc32c("123456789") == 0xe3069283U);
    CHECK(crc32c("456789", crc32c("123")) == 0xe3069283U);
}

TEST_CASE("Percent encoding: decodes what it encodes and refuses broken escapes") {
    std::string const text = "a b/ü%\"\n";
    CHECK(percent_decode(percent_encode(text)).value() == text);
    CHECK(percent_encode("a b") == "a%20b");
    for (auto const* bad : {"%", "%2", "%zz", "abc%1"})
        CHECK_FALSE(percent_decode(bad));
}

TEST_CASE("UTF-8: every malformed byte becomes U+FFFD, well-formed text stays (F38)") {
    CHECK(to_valid_utf8("Zürich €") == "Zürich €");
    CHECK(
        to_valid_utf8("a\xff"
                      "b") ==
        "a\xef\xbf\xbd"
        "b");
    CHECK(to_valid_utf8("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(to_valid_utf8("\xed\xa0\x80").find('\xed') == std::string::npos);
    CHECK(to_valid_utf8("\xe2\x82") == "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("Random: UUIDs are version 4 and differ") {
    std::string const uuid = random_uuid();
    CHECK(uuid.size() == 36);
    CHECK(uuid[14] == '4');
    CHECK(uuid != random_uuid());
}
