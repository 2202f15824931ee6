// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/kube/resource.hpp"
#include "common/net/task.hpp"

namespace millrace {

/// Which objects of a kind; as it is made: all of them.
struct Selector {
    std::string name_space;  ///< empty: of any
    std::string name;        ///< empty: any
    /// Labels an object must have; without a value: whatever it is.
    std::map<std::string, std::optional<std::string>> labels;

    bool matches(Resource const& resource) const;
};

struct WatchEvent {
    enum class Type {
        added,    ///< new, or changed: the whole object
        deleted,  ///< gone; of the object its name and its uid are told, not what it said
        synced,   ///< all that exists was told since the watch began; again once an error is over
        invalid,  ///< an object that cannot be used; `faults` say why
    };
    Type type = Type::added;
    Resource resource;
    ResourceName name;
    Faults faults;
};

/// A stream of changes, begun with all that exists. Relists by itself after a break; a consumer
/// sees at most repeated `added`. Who is told `deleted` may rely on it: an object that cannot be
/// read, or a listing that breaks off, is never told as gone. An object replaced by another one of
/// its name (another uid) is told as deleted first; so is one that its Selector selects no more.
class Watch {
public:
    virtual ~Watch() = default;
    /// Waits for the next change. Errors: `canceled` when the task is to end; any other says what
    /// stands in the way, nothing is known to have changed, and the next call tries again: call it
    /// after a pause. `not_found`: the store does not serve the kind (now).
    virtual Task<Result<WatchEvent>> next() = 0;
};

/// Where users' objects are: the Kubernetes API, or a folder of its shape. One thread.
class ResourceStore {
public:
    virtual ~ResourceStore() = default;

    /// The kind that these words name, whether or not this program knows it; lives as long as the
    /// store. Errors: `not_found` (the store does not serve it now), `invalid` (words that can name
    /// none, or a kind whose objects are in no namespace or cannot be watched), `unavailable`:
    /// nothing is known.
    virtual Task<Result<ResourceKind const*>> discover(KindWords words) = 0;
    /// Errors: `not_found` (it certainly does not exist), `invalid` (unreadable object),
    /// `unavailable`, `storage`.
    virtual Task<Result<Resource>> get(ResourceKind const& kind, ResourceName name) = 0;
    /// Sorted by namespace and name; objects that are there and `invalid` are left out (watch tells
    /// them). Errors: `storage`, `unavailable`: then nothing is known of what there is;
    /// `not_found`: the store does not serve the kind (now).
    virtual Task<Result<std::vector<Resource>>> list(
        ResourceKind const& kind, Selector selector) = 0;
    /// Creates or replaces spec, data, labels and annotations; status is kept. If the object given
    /// has a resourceVersion, it must still be the current one, else `conflict`. Returns it as
    /// stored, with uid, generation and resourceVersion.
    virtual Task<Result<Resource>> apply(ResourceKind const& kind, Resource resource) = 0;
    /// Replaces the status of an object that exists; the last writer wins. With a `uid`: of that
    /// object alone, `conflict` if another one has its name by now.
    virtual Task<Result<void>> put_status(
        ResourceKind const& kind, ResourceName name, Json status, std::string uid) = 0;
    /// Removing what is not there is no error. With a `uid`: that object alone, `conflict` if
    /// another one has its name by now.
    virtual Task<Result<void>> remove(
        ResourceKind const& kind, ResourceName name, std::string uid) = 0;
    virtual std::unique_ptr<Watch> watch(ResourceKind const& kind, Selector selector) = 0;
};

}  // namespace millrace
