// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "common/base/result.hpp"
#include "common/net/async_signal.hpp"

namespace millrace::configurator {

/// One wish at a time, from a coroutine that waits for its outcome, to one that takes it when what
/// it is at has ended. Both belong to one thread.
template <class What>
class WishBox {
public:
    struct Wish {
        What what;
        std::optional<Result<void>> outcome;
    };

    /// `changed` is notified when a wish comes, and by who has set its outcome; it outlives this.
    explicit WishBox(AsyncSignal& changed) : changed_(changed) {}

    bool has_wish() const { return wish_ != nullptr; }
    /// The one that waits, or nullptr.
    std::shared_ptr<Wish> take() { return std::exchange(wish_, nullptr); }

    /// Its outcome. Errors: `conflict` where another one waits; `timed_out`, in the words of
    /// `late`, where nobody takes it within `limit`; once it is taken it is waited for.
    Task<Result<void>> ask(What what, nanoseconds limit, std::string late) {
        if (wish_)
            co_return failure(
                ErrorCode::conflict, "Another request is being taken at this moment.");
        auto const wish = std::make_shared<Wish>(std::move(what));
        wish_ = wish;
        changed_.notify();
        SteadyTime const until =
            steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
        while (!wish->outcome) {
            auto const woken = co_await changed_.wait_until(until);
            bool const is_late = steady_now() >= until && wish_ == wish;
            if (!wish->outcome && (is_late || !woken)) {
                if (wish_ == wish)
                    wish_.reset();
                co_return failure(ErrorCode::timed_out, std::move(late));
            }
        }
        co_return *wish->outcome;
    }

private:
    AsyncSignal& changed_;
    std::shared_ptr<Wish> wish_;
};

}  // namespace millrace::configurator
