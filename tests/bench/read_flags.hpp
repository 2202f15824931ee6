// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>

#include "common/base/flags.hpp"

namespace millrace::bench {

/// The flags of a benchmark. Ends the process where there is nothing to measure: after --help, or
/// with every fault of the command line.
inline FlagValues read_flags(
    std::string_view program, std::vector<Flag> flags, int argument_count, char** arguments) {
    flags.push_back({.name = "help", .kind = Flag::Kind::boolean, .help = "Shows this text."});
    auto [values, faults] =
        parse_flags_leniently(flags, {arguments + 1, arguments + argument_count});
    if (values.boolean("help")) {
        std::string const usage = std::string(program) + " [--flag VALUE ...]";
        std::fputs(describe_flags(usage, flags).c_str(), stdout);
        std::exit(0);
    }
    for (std::string const& word : values.arguments)
        faults.push_back(unexpected_word(flags, word));
    if (faults.empty())
        return std::move(values);
    std::fprintf(stderr, "%s\n", to_string(faults).c_str());
    std::exit(2);
}

}  // namespace millrace::bench
