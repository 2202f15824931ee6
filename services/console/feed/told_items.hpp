// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace millrace::console {

/// Named things (functions, sources) as they were last told, to tell only what differs. Pure.
class ToldItems {
public:
    struct Changes {
        std::vector<std::string> changed;  ///< texts of what is new or differs, by name
        std::vector<std::string> removed;  ///< names
    };
    /// `now`: all there are, name to text.
    Changes replace(std::map<std::string, std::string> now) {
        Changes changes;
        for (auto const& [name, text] : now) {
            auto const before = items_.find(name);
            if (before == items_.end() || before->second != text)
                changes.changed.push_back(text);
        }
        for (auto const& [name, text] : items_)
            if (!now.contains(name))
                changes.removed.push_back(name);
        items_ = std::move(now);
        return changes;
    }
    std::map<std::string, std::string> const& all() const { return items_; }
    void clear() { items_.clear(); }

private:
    std::map<std::string, std::string> items_;
};

}  // namespace millrace::console
