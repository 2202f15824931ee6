// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "common/base/free_space.hpp"
#include "configurator/host/host.hpp"
#include "configurator/plan/configuration_machine.hpp"
#include "configurator/state/journal.hpp"

namespace millrace::configurator {

/// Where archives are, and what is known of their imports.
struct ImportOptions {
    /// Of archives; without those of the first nothing runs.
    std::vector<std::string> folders;
    std::filesystem::path marks;  ///< folder of the journal of imports
    std::filesystem::path disk;   ///< a folder on the disk that images are unpacked on
    std::function<Result<std::int64_t>(std::filesystem::path const& folder)> free_bytes =
        millrace::free_bytes;
};

/// The image archives of this machine, and which of them are in containerd. Blocks.
class ImageImports {
public:
    /// Errors: `storage`, `damaged`: an archive or mark that cannot be read is not gone.
    static Result<ImageImports> open(ImportOptions options);

    /// Whether no import was cut off: a cut leaves files empty that containerd takes for whole.
    bool are_whole() const;
    /// Before what containerd has is thrown away: nothing is imported any more, and until all is
    /// again it is not whole. On disk when it returns.
    Result<void> forget();

    /// What became of it.
    struct Brought {
        std::vector<std::string> problems;  ///< of archives that were left out or failed
        std::set<std::string> left_out;     ///< names of those that there is no room for
        bool is_done = false;               ///< every other archive is imported
    };
    /// Imports what is not there yet. An archive that comes back under the name of one that is gone
    /// is another one. Those of the first folder are tried without room, too: root's part of the
    /// disk is for them. Errors: those of the journal.
    Result<Brought> bring(Host& host);

private:
    ImageImports(ImportOptions options, Journal marks, std::vector<std::string> archives)
        : options_(std::move(options)),
          marks_(std::move(marks)),
          archives_(std::move(archives)) {}
    /// Steps for those that can be imported; the others are told.
    std::vector<Step> steps(Brought& brought) const;
    Result<void> check_room(std::string const& archive) const;
    Result<void> keep(std::set<std::string> done, bool is_under_way);

    ImportOptions options_;
    Journal marks_;
    std::vector<std::string> archives_;
};

}  // namespace millrace::configurator
