// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace millrace {

/// One entry of a problem's errors[]: RFC 6901 pointer into the request body, code, sentence.
struct FieldFault {
    std::string pointer;
    std::string code;
    std::string detail;
};
using FieldFaults = std::vector<FieldFault>;

}  // namespace millrace
