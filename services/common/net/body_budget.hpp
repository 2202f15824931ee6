// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace millrace {

/// Memory that the request bodies of one server share while they come in and are worked on. One
/// thread.
class BodyBudget {
public:
    explicit BodyBudget(std::size_t bytes_max) : left_(bytes_max) {}

    /// What one request has of it; given back with the object.
    class Share {
    public:
        explicit Share(BodyBudget& budget) : budget_(budget) {}
        Share(Share const&) = delete;
        Share& operator=(Share const&) = delete;
        ~Share() { budget_.left_ += taken_; }

        /// Has `bytes` in all from now on. False, and nothing changes, where there are too few.
        bool grow_to(std::size_t bytes) {
            if (bytes <= taken_)
                return true;
            if (bytes - taken_ > budget_.left_)
                return false;
            budget_.left_ -= bytes - taken_;
            taken_ = bytes;
            return true;
        }

    private:
        BodyBudget& budget_;
        std::size_t taken_ = 0;
    };

    std::size_t left() const { return left_; }

private:
    std::size_t left_;
};

}  // namespace millrace
