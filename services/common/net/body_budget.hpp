// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

namespace millrace {

/// Memory that the request bodies of one server share while they come in and are worked on. A share
/// may outlive it: a session that nobody resumes any more goes with the io_context. One thread.
class BodyBudget {
public:
    explicit BodyBudget(std::size_t bytes_max) : left_(std::make_shared<std::size_t>(bytes_max)) {}

    /// What one request has of it; given back with the object.
    class Share {
    public:
        explicit Share(BodyBudget const& budget) : left_(budget.left_) {}
        Share(Share const&) = delete;
        Share& operator=(Share const&) = delete;
        ~Share() { *left_ += taken_; }

        /// Has `bytes` in all from now on. False, and nothing changes, where there are too few.
        bool grow_to(std::size_t bytes) {
            if (bytes <= taken_)
                return true;
            if (bytes - taken_ > *left_)
                return false;
            *left_ -= bytes - taken_;
            taken_ = bytes;
            return true;
        }

    private:
        std::shared_ptr<std::size_t> left_;
        std::size_t taken_ = 0;
    };

    std::size_t left() const { return *left_; }

private:
    std::shared_ptr<std::size_t> left_;
};

}  // namespace millrace
