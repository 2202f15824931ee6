// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/base/clock.hpp"
#include "common/base/secret.hpp"
#include "common/kube/resource.hpp"

namespace millrace::router {

/// One vCenter to read, as a VSphereSource says it.
struct SourceSettings {
    ResourceName name;
    std::string address;  ///< "https://host[:port]/sdk"
    bool verify_tls = true;
    std::string trusted_pem;   ///< spec.caCerts: additional authorities
    std::string secret_name;   ///< basic-auth: username, password
    std::string sink_uri;      ///< spec.sink.uri, else empty
    ResourceName sink_broker;  ///< spec.sink.ref of a Broker, else empty name
    /// spec.checkpointConfig.maxAgeSeconds; absent or 0: everything vCenter still has.
    seconds max_age{0};
    std::map<std::string, std::string> extensions;  ///< spec.ceOverrides.extensions

    bool operator==(SourceSettings const&) const = default;
};

/// Reads a VSphereSource (sources.tanzu.vmware.com/v1alpha1, Tanzu Sources for Knative). An address
/// without a path gets /sdk. All faults at once.
Checked<SourceSettings> parse_source(Resource const& source);

}  // namespace millrace::router
