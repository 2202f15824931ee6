// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "common/kube/directory/directory_store.hpp"

namespace millrace::test {

/// A store whose objects of some kinds cannot be read, or their statuses not be written, for as
/// long as the test wants.
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
        co_return co_await DirectoryStore::put_status(
            kind, std::move(name), std::move(status), std::move(uid));
    }

    std::set<std::string_view> unreadable;  ///< kinds
    bool is_full = false;
    int failures = 0;
};

}  // namespace millrace::test
