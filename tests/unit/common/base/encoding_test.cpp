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

TEST_CASE("Base64: every byte comes back, whatever the length of the text") {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        std::string const encoded = base64_encode(bytes);
        INFO(bytes.size() << " bytes");
        CHECK(encoded.size() % 4 == 0);
        CHECK(base64_decode(encoded).value() == bytes);
        bytes += static_cast<char>(i);
    }
}

TEST_CASE("Base64: a fault says where it is, and not what stands there") {
    CHECK(base64_decode("Zm9v!A==").error().detail == "Not a base64 character at 4.");
    CHECK(
        base64_decode("Zg").error().detail ==
        "Base64 text must be a multiple of 4 characters long.");
    // RFC 4648 section 5 is another alphabet.
    CHECK_FALSE(base64_decode("_-_-"));
}

TEST_CASE("Hexadecimal: two lower-case digits a byte, also of those above 127") {
    CHECK(hex_encode(std::string("\0\x0f\x80\xff", 4)) == "000f80ff");
    CHECK(hex_encode("").empty());
}

TEST_CASE("FNV-1a: the test vectors of its authors") {
    CHECK(fnv1a("") == 0xcbf29ce484222325ULL);
    CHECK(fnv1a("a") == 0xaf63dc4c8601ec8cULL);
    CHECK(fnv1a("foobar") == 0x85944171f73967e8ULL);
}

TEST_CASE("Percent encoding: RFC 3986's unreserved characters stay, every other byte is escaped") {
    std::string const unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    CHECK(percent_encode(unreserved) == unreserved);
    CHECK(
        percent_encode("/?#[]@!$&'()*+,;=") ==
        "%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D");
    CHECK(percent_encode(std::string("\0\x7f\xff", 3)) == "%00%7F%FF");
}

TEST_CASE("Percent encoding: digits of both cases are read, a plus stays a plus") {
    CHECK(percent_decode("%c3%BC+%41").value() == "\xc3\xbc+A");
    CHECK(percent_decode("100%25").value() == "100%");
    CHECK(percent_decode("%00").value() == std::string(1, '\0'));
}

TEST_CASE("UTF-8: the bounds of each length are characters, what lies beyond is none") {
    struct Case {
        std::string bytes;
        std::size_t length;
    };
    std::vector<Case> const cases = {
        {std::string(1, '\0'), 1},
        {"\x7f", 1},
        {"\x80", 0},
        {"\xc1\xbf", 0},
        {"\xc2\x80", 2},
        {"\xdf\xbf", 2},
        {"\xe0\x9f\xbf", 0},
        {"\xe0\xa0\x80", 3},
        {"\xed\x9f\xbf", 3},
        {"\xed\xa0\x80", 0},
        {"\xee\x80\x80", 3},
        {"\xf0\x8f\xbf\xbf", 0},
        {"\xf0\x90\x80\x80", 4},
        {"\xf4\x8f\xbf\xbf", 4},
        {"\xf4\x90\x80\x80", 0},
        {"\xf5\x80\x80\x80", 0},
        {"\xff", 0},
        {"\xc3", 0},
        {"\xe2\x82", 0},
        {"\xf0\x9f\x98", 0},
        {"\xe2\x28\xa1", 0}};
    for (Case const& one : cases) {
        INFO(hex_encode(one.bytes));
        CHECK(utf8_sequence(one.bytes) == one.length);
    }
}

TEST_CASE("UTF-8: a byte that begins no character stands for one") {
    CHECK(character_length("a") == 1);
    CHECK(character_length("\xe2\x82\xac") == 3);
    CHECK(character_length("\xe2\x82") == 1);
    CHECK(character_length("\x80") == 1);
}

TEST_CASE("UTF-8: a text is cut where a character ends, and a short one not at all") {
    std::string_view const text =
        "a\xe2\x82\xac"
        "b";
    CHECK(cut_at_character(text, 5) == text);
    CHECK(cut_at_character(text, 4) == "a\xe2\x82\xac");
    CHECK(cut_at_character(text, 3) == "a");
    CHECK(cut_at_character(text, 2) == "a");
    CHECK(cut_at_character(text, 0).empty());
    CHECK(cut_at_character("\x80\x80", 1).empty());
}

TEST_CASE("Random: as many bytes as asked for, none the same as the next time") {
    CHECK(random_bytes(0).empty());
    for (std::size_t const count : {1UL, 16UL, 1000UL})
        CHECK(random_bytes(count).size() == count);
    CHECK(random_bytes(32) != random_bytes(32));
    CHECK(random_u64() != random_u64());
}

TEST_CASE("Random: a UUID has the form and variant of RFC 9562") {
    for (int i = 0; i < 100; ++i) {
        std::string const uuid = random_uuid();
        INFO(uuid);
        for (std::size_t at = 0; at < uuid.size(); ++at)
            CHECK((uuid[at] == '-') == (at == 8 || at == 13 || at == 18 || at == 23));
        CHECK(std::string_view("89ab").contains(uuid[19]));
    }
}
