// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "common/base/secret.hpp"

namespace millrace {

/// A kind of Kubernetes object, e.g. Trigger in eventing.knative.dev/v1.
struct ResourceKind {
    std::string_view group;  ///< empty: core
    std::string_view version;
    std::string_view kind;
    std::string_view plural;

    std::string api_version() const;
    /// "triggers.eventing.knative.dev"; core kinds have the plural alone. As CRDs are named.
    std::string folder() const;
    bool operator==(ResourceKind const&) const = default;
};

/// The words that name a kind in an object or a reference, whether or not this program knows it.
struct KindWords {
    std::string api_version;
    std::string kind;

    static KindWords of(ResourceKind const& known) {
        return {known.api_version(), std::string(known.kind)};
    }
    /// "Sequence of flows.knative.dev/v1".
    std::string text() const { return kind + " of " + api_version; }
    auto operator<=>(KindWords const&) const = default;
};

namespace kinds {
inline constexpr ResourceKind broker{"eventing.knative.dev", "v1", "Broker", "brokers"};
inline constexpr ResourceKind trigger{"eventing.knative.dev", "v1", "Trigger", "triggers"};
inline constexpr ResourceKind service{"serving.knative.dev", "v1", "Service", "services"};
inline constexpr ResourceKind revision{"serving.knative.dev", "v1", "Revision", "revisions"};
inline constexpr ResourceKind pod{"", "v1", "Pod", "pods"};
inline constexpr ResourceKind config_map{"", "v1", "ConfigMap", "configmaps"};
inline constexpr ResourceKind secret{"", "v1", "Secret", "secrets"};
inline constexpr ResourceKind vsphere_source{
    "sources.tanzu.vmware.com", "v1alpha1", "VSphereSource", "vspheresources"};
inline constexpr ResourceKind horizon_source{
    "sources.tanzu.vmware.com", "v1alpha1", "HorizonSource", "horizonsources"};
inline constexpr ResourceKind webhook_source{
    "sources.millrace.dev", "v1alpha1", "WebhookSource", "webhooksources"};
}  // namespace kinds

/// The kind whose apiVersion and kind these are, or nullptr if we do not handle it.
ResourceKind const* find_kind(std::string_view api_version, std::string_view kind);

/// namespace/name of one object.
struct ResourceName {
    std::string name_space;
    std::string name;

    std::string text() const { return name_space + "/" + name; }
    auto operator<=>(ResourceName const&) const = default;
};

/// Kubernetes' DNS-1123 label or subdomain: what a name may be, at most 63 characters here.
bool is_resource_name(std::string_view name);

/// Reads "NAMESPACE/NAME". Errors: `invalid`.
Result<ResourceName> parse_resource_name(std::string_view text);

/// Whether both parts are names that the store takes. Errors: `invalid`.
Result<void> check_names(ResourceName const& name);

/// One object as Kubernetes writes it: apiVersion, kind, metadata, spec, status (or data).
struct Resource {
    Json object = Json::object();

    ResourceName name() const;
    std::string resource_version() const { return string_at(object, "metadata/resourceVersion"); }
    std::string uid() const { return string_at(object, "metadata/uid"); }
    std::int64_t generation() const {
        return integer_at(object, "metadata/generation").value_or(0);
    }
    /// Whether its status speaks of the spec as it is now; a status that does not say which is
    /// taken at its word.
    bool is_observed() const;
    /// The label's or annotation's value, or an empty string.
    std::string label(std::string_view key) const;
    std::string annotation(std::string_view key) const;
    Json const& spec() const;
    Json const& status() const;
};

/// Of what the object says and whose it is: the same while only its status is another, or what else
/// servers write.
std::uint64_t content_hash(Resource const& resource);

/// Sets condition `type` in `status.conditions` as Kubernetes does: lastTransitionTime changes only
/// when the state does. `state` is "True", "False" or "Unknown".
void set_condition(
    Json& status, std::string_view type, std::string_view state, std::string_view reason,
    std::string_view message);

/// One of `status.conditions`.
struct Condition {
    std::string state = "Unknown";
    std::string reason;
    std::string message;

    bool operator==(Condition const&) const = default;
};
/// As it is shown; the state is "Unknown" where it is not.
Condition condition(Json const& status, std::string_view type);
/// The state of condition `type`, or "Unknown".
std::string condition_state(Json const& status, std::string_view type);

/// Key -> value.
using SecretValues = std::map<std::string, Secret>;

/// A Secret's values, base64-decoded from `data` and plain from `stringData`. Errors: `invalid`
/// naming the key, never the value.
Result<SecretValues> secret_values(Resource const& secret);

}  // namespace millrace
