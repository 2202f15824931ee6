// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "simulator/world/inventory.hpp"

namespace millrace::simulator {

/// One object vRealize Operations watches.
struct VropsResource {
    std::string id;      ///< UUID
    std::string entity;  ///< the moref
    bool maintained = false;
    std::optional<SystemTime> until;  ///< back by itself; none: until unmarked
    SystemTime since;                 ///< of the last change
};

/// vRealize Operations' state: which hosts are marked as being maintained, and the tokens it gave.
/// Pure. Contract: the vendor's REST API reference as of 8.10 (markResourceAsBeingMaintained).
class Vrops {
public:
    /// One HostSystem resource for each host of `inventory`, which outlives this.
    Vrops(Inventory const& inventory, SystemTime now);

    /// Beginnings of names, and regular expressions, as the query parameters give them; empty: any.
    struct Query {
        std::vector<std::string> names;
        std::vector<std::string> regexes;
        std::vector<std::string> ids;
        std::string adapter_kind;
        std::string resource_kind;
    };
    /// In order of their names. Errors: `invalid` for a broken regular expression.
    Result<std::vector<VropsResource const*>> find(Query const& query) const;
    VropsResource const* find_id(std::string_view id) const;
    VropsResource const* find_entity(std::string_view moref) const;

    /// Errors: `not_found`; then nothing has changed.
    Result<void> mark(
        std::vector<std::string> const& ids, std::optional<SystemTime> until, SystemTime now);
    Result<void> unmark(std::vector<std::string> const& ids, SystemTime now);
    /// Ends maintenance whose time is over.
    void advance(SystemTime now);

    std::string state_of(VropsResource const& resource) const;
    std::vector<VropsResource> const& all() const { return resources_; }
    Inventory const& inventory() const { return inventory_; }

    struct Token {
        std::string text;
        SystemTime expires;
    };
    Token acquire_token(SystemTime now, milliseconds validity);
    bool is_valid(std::string_view token, SystemTime now);
    void release(std::string_view token);
    /// Every token given so far is refused from now on.
    void expire_tokens() { tokens_.clear(); }

private:
    VropsResource* find_mutable(std::string_view id);
    Result<void> all_exist(std::vector<std::string> const& ids) const;

    Inventory const& inventory_;
    std::vector<VropsResource> resources_;
    std::map<std::string, SystemTime, std::less<>> tokens_;
};

}  // namespace millrace::simulator
