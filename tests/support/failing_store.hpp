// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "common/kube/directory/directory_store.hpp"

namespace millrace::test {

/// A store whose objects of some kinds cannot be read, or their statuses not be written, or that
/// does not serve some kinds, for as long as the test wants.
class FailingStore final : public DirectoryStore {
public:
    using DirectoryStore::DirectoryStore;

    Task<Result<Resource>> get(ResourceKind const& kind, ResourceName name) override {
        if (unreadable.contains(kind.kind)) {
            ++failures;
            co_return failure(ErrorCode::storage, "Too many open files.");
        }
        co_return co_await DirectoryStore::get(kind, std::move(name));
    }
    Task<Result<void>> put_status(
        ResourceKind const& kind, ResourceName name, Json status, std::string uid) override {
        if (is_full) {
            ++failures;
            co_return failure(ErrorCode::storage, "No space left on device.");
        }
        ++statuses;
        co_return co_await DirectoryStore::put_status(
            kind, std::move(name), std::move(status), std::move(uid));
    }

    std::unique_ptr<Watch> watch(ResourceKind const& kind, Selector selector) override {
        return std::make_unique<LateWatch>(
            *this, kind.kind, DirectoryStore::watch(kind, std::move(selector)));
    }

    std::set<std::string_view> unreadable;  ///< kinds
    std::set<std::string_view> unserved;    ///< kinds
    bool is_full = false;
    int failures = 0;
    int statuses = 0;  ///< written

private:
    /// Tells nothing of a kind as long as it is not served.
    class LateWatch final : public Watch {
    public:
        LateWatch(FailingStore& store, std::string_view kind, std::unique_ptr<Watch> watch)
            : store_(store),
              kind_(kind),
              watch_(std::move(watch)) {}

        Task<Result<WatchEvent>> next() override {
            if (store_.unserved.contains(kind_)) {
                ++store_.failures;
                co_return failure(ErrorCode::not_found, "There is no such kind.");
            }
            co_return co_await watch_->next();
        }

    private:
        FailingStore& store_;
        std::string_view kind_;
        std::unique_ptr<Watch> watch_;
    };
};

}  // namespace millrace::test
