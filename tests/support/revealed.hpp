// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "common/kube/resource.hpp"

namespace millrace::test {

/// The texts of a Secret, to compare.
inline std::map<std::string, std::string> revealed(SecretValues const& values) {
    std::map<std::string, std::string> texts;
    for (auto const& [key, value] : values)
        texts[key] = value.reveal();
    return texts;
}

}  // namespace millrace::test
