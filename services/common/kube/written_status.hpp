// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/kube/resource_store.hpp"

namespace millrace {

/// The status of one object as its controller wrote it last: written again only where it differs.
class WrittenStatus {
public:
    /// What the next status is made from: what was written last, else what `object` has, so that
    /// the times of conditions stay (set_condition).
    Json basis(Resource const& object) const;
    /// Writes `status` unless it is basis(object). An object that is gone needs none. Errors as
    /// ResourceStore::put_status; nothing is written then.
    Task<Result<void>> put(
        ResourceStore& store, ResourceKind const& kind, Resource const& object, Json status);
    /// It is another object from now on.
    void forget() { written_ = Json(); }

private:
    Json written_;
};

}  // namespace millrace
