// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <map>
#include <optional>
#include <string>

#include "configurator/form/property.hpp"

namespace millrace::configurator {

/// What the programs of each step have printed last, for a person who looks for the reason of a
/// failure. Bounded; nothing secret of the form is in it.
class StepLog {
public:
    static constexpr std::size_t step_bytes_max = std::size_t{32} << 10;

    /// `program`: its command line; what it printed before is replaced.
    void add(
        std::string const& step, std::string program, std::string_view printed,
        PropertyTexts const& form);
    /// The programs in the order in which they ended, each with what it printed below it; nothing
    /// for a step of which none has run.
    std::optional<std::string> text(std::string const& step) const;
    void clear() { steps_.clear(); }

private:
    struct Entry {
        std::string program;
        std::string printed;
    };
    std::map<std::string, std::list<Entry>, std::less<>> steps_;
};

}  // namespace millrace::configurator
