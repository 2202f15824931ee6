// SPDX-License-Identifier: Apache-2.0
#include "configurator/api/setup_code.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"

namespace millrace::configurator {
namespace {

// Without those that look like another on a screen: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
constexpr std::string_view alphabet = "ACDEFGHJKMNPQRTWXY34679";
constexpr std::size_t characters = 8;
constexpr unsigned free_failures = 5;
constexpr seconds longest_wait{60};

std::string bare(std::string_view given) {
    std::string code;
    for (char const one : given) {
        if (one == ' ' || one == '-')
            continue;
        code += one >= 'a' && one <= 'z' ? static_cast<char>(one - 'a' + 'A') : one;
    }
    return code;
}

}  // namespace

std::string make_setup_code() {
    std::string code;
    for (std::size_t index = 0; index < characters; ++index) {
        if (index == characters / 2)
            code += '-';
        // The remainder favours none by more than one in 10^17.
        code += alphabet[random_u64() % alphabet.size()];
    }
    return code;
}

SetupCode::SetupCode(std::string const& code) : code_(bare(code)) {}

SetupCode::Verdict SetupCode::check(std::string_view given, SteadyTime now) {
    if (wait_for(now) > 0s)
        return Verdict::wait;
    if (code_.matches(bare(given))) {
        failures_ = 0;
        return Verdict::right;
    }
    ++failures_;
    if (failures_ >= free_failures) {
        seconds wait{1};
        for (unsigned more = free_failures; more < failures_ && wait < longest_wait; ++more)
            wait *= 2;
        closed_until_ = now + std::min(wait, longest_wait);
    }
    return Verdict::wrong;
}

seconds SetupCode::wait_for(SteadyTime now) const {
    return now < closed_until_ ? std::chrono::ceil<seconds>(closed_until_ - now) : 0s;
}

}  // namespace millrace::configurator
