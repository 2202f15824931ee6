// SPDX-License-Identifier: Apache-2.0
#include "broker/disk/byte_codec.hpp"

namespace millrace::broker {

void append_varint(std::string& to, std::uint64_t value) {
    while (value >= 0x80) {
        to += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    to += static_cast<char>(value);
}

void append_text(std::string& to, std::string_view text) {
    append_varint(to, text.size());
    to += text;
}

std::uint64_t ByteReader::varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
        auto const byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80)
            return value;
    }
    ok_ = false;
    rest_ = {};
    return 0;
}

std::string_view ByteReader::text() {
    std::uint64_t const length = varint();
    if (length > rest_.size()) {
        ok_ = false;
        rest_ = {};
        return {};
    }
    std::string_view const text = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return text;
}

}  // namespace millrace::broker
