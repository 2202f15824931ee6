// SPDX-License-Identifier: Apache-2.0
#include "runner/host/container_flags.hpp"

#include <algorithm>

namespace millrace::runner {

std::vector<std::string> container_flags(
    std::vector<std::string> const& given,
    std::function<char const*(char const*)> const& variable) {
    auto const is_given = [&given](std::string const& flag) {
        return std::ranges::any_of(given, [&flag](std::string const& word) {
            return word == flag || word.starts_with(flag + "=");
        });
    };
    std::vector<std::string> flags;
    auto const add = [&](std::string const& flag, std::string const& value) {
        if (!is_given(flag))
            flags.push_back(flag + "=" + value);
    };
    if (char const* const port = variable("PORT"))
        add("--listen", "0.0.0.0:" + std::string(port));
    if (char const* const service = variable("K_SERVICE")) {
        add("--name", service);
        add("--host", "*");
        // Where Knative and the kubelet look for the reason of an end; a file of every container.
        add("--termination-log", "/dev/termination-log");
    }
    flags.insert(flags.end(), given.begin(), given.end());
    return flags;
}

}  // namespace millrace::runner
