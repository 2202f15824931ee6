// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace {

/// RFC 4648 section 4, with padding.
std::string base64_encode(std::string_view bytes);
/// Strict: padding needed, no white space. Errors: `invalid`.
Result<std::string> base64_decode(std::string_view text);

/// Lower-case hexadecimal.
std::string hex_encode(std::string_view bytes);

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4); `seed` is the CRC of what came before.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);

/// 64-bit FNV-1a: names content, guards nothing.
std::uint64_t fnv1a(std::string_view bytes);

/// "a%20b" to "a b"; nothing else is changed. Errors: `invalid` on a broken escape.
Result<std::string> percent_decode(std::string_view text);
/// Everything but RFC 3986's unreserved characters is escaped.
std::string percent_encode(std::string_view text);

/// Length of the well-formed UTF-8 character at the front of `bytes` (RFC 3629), 0 if there is
/// none. Pre: `bytes` is not empty.
std::size_t utf8_sequence(std::string_view bytes);
/// Length of what stands for one character at the front of `bytes`: a byte that begins none is one.
/// Pre: `bytes` is not empty.
std::size_t character_length(std::string_view bytes);
/// The front of `text`, at most so many bytes, that ends where a character does.
std::string_view cut_at_character(std::string_view text, std::size_t bytes_max);
/// `bytes` with each byte that is not well-formed UTF-8 replaced by U+FFFD (fault F38).
std::string to_valid_utf8(std::string_view bytes);

/// `count` bytes from the kernel's random source; aborts if it has none.
std::string random_bytes(std::size_t count);
std::uint64_t random_u64();
/// RFC 9562 version 4.
std::string random_uuid();

}  // namespace millrace
