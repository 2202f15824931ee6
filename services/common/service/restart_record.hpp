// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"

namespace millrace {

/// How often a service was started again.
struct Restarts {
    std::int64_t count = 0;
    std::optional<SystemTime> last;  ///< none: never
};

/// Of each service that is kept running, by name. Who keeps them running notes it in
/// `<run folder>/restarts.json`, a file begun anew with each start of all.
using RestartRecord = std::map<std::string, Restarts, std::less<>>;

Json restart_json(Restarts const& restarts);
Result<void> write_restart_record(
    std::filesystem::path const& run_folder, RestartRecord const& record);
/// Errors: those of reading, `not_found` where nobody notes it; `invalid` for what is no record.
Result<RestartRecord> read_restart_record(std::filesystem::path const& run_folder);

}  // namespace millrace
