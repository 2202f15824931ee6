// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/json.hpp"

namespace millrace::runner {

struct RevisionRecord {
    std::string name;     ///< "echo-00007"
    std::string code;     ///< ConfigMap
    std::string created;  ///< RFC 3339
    bool ready = false;   ///< it has served
    std::string problem;  ///< why it did not load at the last try
};

/// The last 20 revisions of a function, kept in its folder (revisions.json).
class RevisionHistory {
public:
    /// An absent or damaged file is an empty history: what runs does not depend on it.
    explicit RevisionHistory(std::filesystem::path file);

    /// A revision is tried; a name that is known keeps its record.
    void begin(std::string const& name, std::string const& code);
    /// How the try ended; an empty `problem`: it serves.
    void end(std::string const& name, std::string const& problem);

    std::vector<RevisionRecord> const& records() const { return records_; }
    std::string latest() const { return records_.empty() ? "" : records_.back().name; }
    /// {"items":[{"name","code","createdAt","ready","problem","serving"}]}
    Json describe(std::string const& serving) const;

private:
    void save() const;

    std::filesystem::path file_;
    std::vector<RevisionRecord> records_;
};

}  // namespace millrace::runner
