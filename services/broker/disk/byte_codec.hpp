// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::broker {

/// LEB128: 7 bits a byte, least first.
void append_varint(std::string& to, std::uint64_t value);
/// Length and bytes.
void append_text(std::string& to, std::string_view text);

/// Reads what the functions above wrote. After a malformed or short input `ok()` is false and
/// every further read gives 0 or an empty text.
class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

    std::uint64_t varint();
    std::string_view text();
    bool at_end() const { return rest_.empty(); }
    bool ok() const { return ok_; }

private:
    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace millrace::broker
