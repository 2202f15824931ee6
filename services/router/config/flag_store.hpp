// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/flags.hpp"
#include "common/kube/resource_store.hpp"

namespace millrace::router {

/// The flags that describe one source without a store: --vcenter, --username, --password-file,
/// --sink, --authorities-file, --skip-tls-verify, --max-age.
std::vector<Flag> source_flags();

/// A store of one VSphereSource and its Secret, both made of flags; for a router that runs alone.
/// The password file is read at each `get`, so a new password needs no restart. Statuses are only
/// in the router's /status; nothing can be changed.
class FlagStore final : public ResourceStore {
public:
    /// Whether any of source_flags() was given.
    static bool is_wanted(FlagValues const& flags);
    /// Every fault of the flags at once: what is missing, and what parse_source says.
    static Checked<std::unique_ptr<ResourceStore>> make(FlagValues const& flags);

    Task<Result<ResourceKind const*>> discover(KindWords words) override;
    Task<Result<Resource>> get(ResourceKind const& kind, ResourceName name) override;
    Task<Result<std::vector<Resource>>> list(ResourceKind const& kind, Selector selector) override;
    Task<Result<Resource>> apply(ResourceKind const& kind, Resource resource) override;
    Task<Result<void>> put_status(
        ResourceKind const& kind, ResourceName name, Json status, std::string uid) override;
    Task<Result<void>> remove(
        ResourceKind const& kind, ResourceName name, std::string uid) override;
    std::unique_ptr<Watch> watch(ResourceKind const& kind, Selector selector) override;

private:
    FlagStore(Resource source, std::string user, std::string password_file);
    Result<Resource> secret() const;

    Resource source_;
    std::string user_;
    std::string password_file_;
};

}  // namespace millrace::router
