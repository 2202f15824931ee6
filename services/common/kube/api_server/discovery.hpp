// SPDX-License-Identifier: Apache-2.0
// Private to common/kube.
#pragma once

#include <list>

#include "common/kube/api_server/api_answer.hpp"
#include "common/kube/api_server/api_call.hpp"

namespace millrace {

/// The request for what the server serves of a group and version. Errors: `invalid`: words that can
/// name none.
Result<ApiCall> discovery_call(KindWords const& words);

/// The plural of the kind, by the answer to discovery_call (an APIResourceList). Errors:
/// `not_found`: the server does not serve it; `invalid`: its objects are in no namespace or cannot
/// be watched; those of read_answer. Pure.
Result<std::string> read_plural(KindWords const& words, HttpResponse const& answer);

/// Owns the texts of kinds found by discovery: a ResourceKind only points at its own. At most as
/// many as there are kinds in the cluster.
class KindNames {
public:
    /// Valid as long as this lives; the same for the same texts.
    ResourceKind const& keep(KindWords const& words, std::string const& plural);

private:
    struct Kept {
        std::string group;
        std::string version;
        std::string kind;
        std::string plural;
        ResourceKind pointing;
    };
    std::list<Kept> kept_;  ///< never moved
};

}  // namespace millrace
