// SPDX-License-Identifier: Apache-2.0
#include "configurator/screen/function_key.hpp"

#include <array>

namespace millrace::configurator {
namespace {

struct Code {
    std::string_view bytes;
    FunctionKey key;
};
constexpr std::array<Code, 4> codes = {{
    {"\x1b[[B", FunctionKey::f2},
    {"\x1bOQ", FunctionKey::f2},
    {"\x1b[12~", FunctionKey::f2},
    {"\x1b[24~", FunctionKey::f12},
}};

}  // namespace

std::optional<FunctionKey> function_key_in(std::string_view typed) {
    for (; !typed.empty(); typed.remove_prefix(1))
        for (Code const& code : codes)
            if (typed.starts_with(code.bytes))
                return code.key;
    return std::nullopt;
}

}  // namespace millrace::configurator
