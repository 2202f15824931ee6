// SPDX-License-Identifier: Apache-2.0
#include "common/base/result.hpp"

namespace millrace {

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid:
            return "invalid";
        case ErrorCode::not_found:
            return "notFound";
        case ErrorCode::conflict:
            return "conflict";
        case ErrorCode::too_large:
            return "tooLarge";
        case ErrorCode::unsupported:
            return "unsupported";
        case ErrorCode::unauthenticated:
            return "unauthenticated";
        case ErrorCode::forbidden:
            return "forbidden";
        case ErrorCode::timed_out:
            return "timedOut";
        case ErrorCode::unavailable:
            return "unavailable";
        case ErrorCode::closed:
            return "closed";
        case ErrorCode::storage:
            return "storage";
        case ErrorCode::damaged:
            return "damaged";
        case ErrorCode::canceled:
            return "canceled";
    }
    return "unknown";
}

std::string to_string(Faults const& faults) {
    std::string text;
    for (Fault const& fault : faults) {
        if (!text.empty())
            text += '\n';
        text += fault.place + ": " + fault.problem;
    }
    return text;
}

std::string to_sentences(Faults const& faults) {
    std::string text;
    for (Fault const& fault : faults)
        text += (text.empty() ? "" : " ") + fault.place + " " + fault.problem;
    return text;
}

}  // namespace millrace
