// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "broker/disk/database.hpp"
#include "broker/record/totals.hpp"

namespace millrace::broker {

/// `<data>/totals.db`: cursors and counters. Written and synced about once a second, so a killed
/// broker, or a power cut, loses a second of counting and delivers nothing twice by it: which event
/// is settled stands in the log.
class TotalsFile {
public:
    /// A damaged file is set aside and begun anew: without it nothing is lost. Throws StartupError
    /// if it cannot be used.
    explicit TotalsFile(std::filesystem::path file);

    /// Empty, or what was wrong with the file when it was opened.
    std::string const& trouble() const { return trouble_; }
    /// Errors: `storage`, `damaged`.
    Result<SavedTotals> read();
    /// Replaces the entries given, removes removed triggers; the rest stays. Errors: `storage`.
    Result<void> write(SavedTotals const& totals);

private:
    Result<void> open();
    Result<void> start_anew(Error const& damage);
    Result<void> write_head(SavedTotals const& totals);
    Result<void> write_triggers(SavedTotals const& totals);
    Result<void> write_types(SavedTotals const& totals);
    Result<void> write_rates(SavedTotals const& totals);
    std::filesystem::path path_;
    std::string trouble_;
    Database database_;
};

}  // namespace millrace::broker
