// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/ttl.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::broker {

int take_ttl(CloudEvent& event) {
    std::string const text(event.attribute(ttl_attribute));
    if (text.empty())
        return ttl_start;
    event.set_attribute(ttl_attribute, {});
    int value = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size())
        return ttl_start;
    return std::min(value, ttl_start + 1) - 1;
}

}  // namespace millrace::broker
