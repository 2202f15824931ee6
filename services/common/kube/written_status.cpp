// SPDX-License-Identifier: Apache-2.0
#include "common/kube/written_status.hpp"

#include "common/base/json_equality.hpp"

namespace millrace {

Json WrittenStatus::basis(Resource const& object) const {
    if (written_.is_object())
        return written_;
    return object.status().is_object() ? object.status() : Json::object();
}

Task<Result<void>> WrittenStatus::put(
    ResourceStore& store, ResourceKind const& kind, Resource const& object, Json status) {
    if (says_the_same(status, basis(object)))
        co_return Result<void>();
    auto put = co_await store.put_status(kind, object.name(), status, object.uid());
    if (put)
        written_ = std::move(status);
    bool const is_gone = !put && put.error().code == ErrorCode::not_found;
    co_return is_gone ? Result<void>() : std::move(put);
}

}  // namespace millrace
