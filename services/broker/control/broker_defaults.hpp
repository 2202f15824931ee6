// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "common/kube/resource.hpp"

namespace millrace::broker {

/// What holds for Brokers that do not say it themselves: Knative's ConfigMap config-br-defaults
/// (knative.dev/docs/eventing/configuration/broker-configuration). Pure.
class BrokerDefaults {
public:
    /// Nothing holds: what a cluster without the ConfigMap says.
    BrokerDefaults() = default;
    /// Reads the key default-br-config of the ConfigMap: YAML with clusterDefault and
    /// namespaceDefaults, each with brokerClass, delivery and brokerClasses. Faults, all at once:
    /// no such key, no YAML (with its line), members of another type, a delivery that no Broker may
    /// have.
    static Checked<BrokerDefaults> parse(Resource const& config_map);

    /// The class of a Broker without one; empty: none is said.
    std::string broker_class(std::string const& name_space) const;
    /// spec.delivery of a Broker of this class without one; nullptr: none is said. The namespace's
    /// word for the class, then the namespace's own, then the cluster's in the same order
    /// (knative/eventing pkg/apis/config/defaults.go).
    Json const* delivery(std::string const& name_space, std::string const& broker_class) const;

    bool operator==(BrokerDefaults const&) const = default;

private:
    struct Defaults {
        std::string broker_class;
        Json delivery;                         ///< null: none
        std::map<std::string, Json> of_class;  ///< delivery of each in brokerClasses that has one
        bool operator==(Defaults const&) const = default;
    };
    static Defaults read(Json const& value, std::string const& place, Faults& faults);

    Defaults cluster_;
    std::map<std::string, Defaults> namespaces_;
};

}  // namespace millrace::broker
