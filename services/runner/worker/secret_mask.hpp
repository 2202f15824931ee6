// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/json.hpp"
#include "common/base/secret.hpp"

namespace millrace::runner {

/// Takes the values of Secrets out of what a function prints: "***" stands for each. A value is
/// hidden as a whole, line by line, and, where it is a JSON document (as VEBA's are), each text and
/// number in it, also as JSON writes it. What has fewer than four characters is left: it cannot be
/// told from other text. Pure.
class SecretMask {
public:
    SecretMask() = default;
    explicit SecretMask(std::vector<Secret> const& values);

    std::string apply(std::string text) const;

private:
    void hide(std::string_view value);
    void hide_parts(Json const& value);

    std::vector<std::string> hidden_;  ///< the longest first: one may stand in another
};

}  // namespace millrace::runner
