// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "broker/disk/database.hpp"
#include "broker/record/trigger_set.hpp"

namespace millrace::broker {

/// The triggers that one segment's events were asked by. One thread at a time.
class TriggerVersions {
public:
    /// `database` is the segment, and outlives it. Errors: `storage`, `damaged`.
    static Result<TriggerVersions> open(Database& database);

    /// One that is not as it was written, or not there, is stood in for by one that says so as its
    /// fault: an event stays readable, whatever became of a Trigger. Errors: `storage`.
    Result<TriggerVersionRef> version(std::uint32_t id);
    Result<TriggerSetRef> set(std::uint32_t id);
    /// The versions of the object `trigger` with `uid`; an empty one stands for any, on either
    /// side. Versions that cannot be read are left out and told in the log, once.
    Result<std::vector<std::uint32_t>> versions_of(
        std::string const& trigger, std::string const& uid);

private:
    Result<void> load_newer();
    /// Errors: `damaged`, `storage`.
    Result<std::vector<std::uint32_t>> members_of(std::uint32_t set);

    Statement newer_;
    Statement read_set_;
    std::uint32_t loaded_to_ = 0;
    std::unordered_map<std::uint32_t, TriggerVersionRef> versions_;
    std::unordered_map<std::uint32_t, TriggerSetRef> sets_;
    std::map<std::string, std::vector<TriggerVersionRef>, std::less<>> by_trigger_;
};

}  // namespace millrace::broker
