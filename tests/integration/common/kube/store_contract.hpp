// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "common/kube/resource_store.hpp"

namespace millrace::test {

/// A store to be judged, empty of Triggers and Secrets, on `io`.
using MakeStore = std::function<std::unique_ptr<ResourceStore>(asio::io_context& io)>;

/// What every store promises (resource_store.hpp), checked by Catch assertions; one section each.
void check_store_contract(MakeStore const& make_store);

}  // namespace millrace::test
