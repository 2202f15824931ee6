// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "common/kube/lease/lease.hpp"
#include "common/kube/lease/lease_holder.hpp"
#include "common/service/service.hpp"

namespace millrace {

struct LeaseWish {
    ResourceName lease;
    std::filesystem::path folder;  ///< find_lease_holder's
};

/// A service that exists only while a lease is ours: of several replicas one works, the others are
/// alive, not ready, and touch nothing. Losing the lease ends the process, a stop gives it back
/// after the service has stopped.
class LeasedService final : public Service {
public:
    using Make = std::function<std::unique_ptr<Service>()>;

    /// `make` is called once the lease is ours. What it throws as StartupError is tried again for
    /// 10 s, since the holder before us gives its files back a moment after its lease; then it is
    /// thrown on and ends the process.
    LeasedService(
        asio::io_context& io, std::unique_ptr<ResourceStore> store, LeaseWish wish, Make make);

    Task<HttpAnswer> handle(HttpRequest& request) override;
    std::string not_ready_reason() const override;
    Json status() const override;
    Task<void> start() override;
    Task<void> stop() override;

private:
    Task<Result<void>> make_service();

    std::unique_ptr<ResourceStore> store_;
    LeaseHolder holder_;
    Lease lease_;
    Make make_;
    std::unique_ptr<Service> service_;  ///< nullptr: the lease is another's
    bool is_stopping_ = false;
};

}  // namespace millrace
