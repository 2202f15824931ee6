// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/kube/resource_store.hpp"
#include "common/net/http_client.hpp"
#include "router/source/source_settings.hpp"
#include "router/vcenter/vcenter_reader.hpp"

namespace millrace::router {

/// What the objects say that a source's settings name.
struct SourceReferences {
    Credentials credentials;
    Url sink;
};

/// Reads the source's Secret and, where it names one, its Broker. All faults at once: an object
/// that is missing or cannot be read, a Secret without username or password, a Broker without an
/// address.
Task<Checked<SourceReferences>> read_references(ResourceStore& store, SourceSettings settings);

/// Whether a change of that object may be one for the source.
bool refers_to(SourceSettings const& settings, ResourceKind const& kind, ResourceName const& name);

}  // namespace millrace::router
