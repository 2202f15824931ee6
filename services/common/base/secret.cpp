// SPDX-License-Identifier: Apache-2.0
#include "common/base/secret.hpp"

namespace millrace {

void Secret::wipe() {
    // volatile: the compiler may not drop stores to memory that is about to be freed.
    value_.resize(value_.capacity());
    char volatile* byte = value_.data();
    for (std::size_t i = 0; i < value_.size(); ++i)
        byte[i] = 0;
    value_.clear();
}

Secret& Secret::operator=(Secret const& other) {
    if (this != &other) {
        wipe();
        value_ = other.value_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        value_ = std::move(other.value_);
        other.wipe();
    }
    return *this;
}

bool Secret::matches(std::string_view guess) const {
    if (guess.size() != value_.size())
        return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < guess.size(); ++i)
        difference |= static_cast<unsigned char>(guess[i]) ^ static_cast<unsigned char>(value_[i]);
    return difference == 0;
}

}  // namespace millrace
