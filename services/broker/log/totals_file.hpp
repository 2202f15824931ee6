// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "broker/disk/database.hpp"
#include "broker/log/totals.hpp"

namespace millrace::broker {

/// `<data>/totals.db`: cursors and counters. Written about once a second, so a killed broker loses
/// a second of counting and delivers nothing twice by it: which event is settled stands in the log.
class TotalsFile {
public:
    /// Throws StartupError if it cannot be opened.
    explicit TotalsFile(std::filesystem::path const& file);

    Result<SavedTotals> read();
    /// Replaces the entries given, removes removed triggers; the rest stays. Errors: `storage`.
    Result<void> write(SavedTotals const& totals);

private:
    Result<void> write_triggers(SavedTotals const& totals);
    Result<void> write_types(SavedTotals const& totals);
    Result<void> write_rates(SavedTotals const& totals);
    Database database_;
};

}  // namespace millrace::broker
