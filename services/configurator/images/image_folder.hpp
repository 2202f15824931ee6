// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "common/base/result.hpp"

namespace millrace::configurator {

/// An archive on the disk.
struct ImageArchive {
    std::string name;  ///< of its file: "tool-1.0.tar"
    std::uint64_t bytes = 0;
    bool is_own = false;              ///< comes with the appliance; cannot be removed
    std::vector<std::string> images;  ///< their full names
    std::string problem;              ///< why it has none, in a sentence
};

/// The folders with image archives: those that come with the appliance, and the one that people
/// bring more to. What is received has another name until it is whole. All of it blocks.
class ImageFolder {
public:
    ImageFolder(std::filesystem::path own, std::filesystem::path brought)
        : own_(std::move(own)),
          brought_(std::move(brought)) {}

    /// The appliance's own first; each by name. One that cannot be read is there with its problem.
    /// Errors: `storage`: what is not listed is not gone.
    Result<std::vector<ImageArchive>> list() const;
    /// Bytes that are free for archives. Errors: `storage`.
    Result<std::int64_t> room() const;
    /// Whether an archive of this size can be received and imported. Errors: `too_large`.
    Result<void> check_room(std::uint64_t bytes) const;

    /// Begins an empty one. Errors: `conflict` where there is an archive of this name; `storage`.
    Result<void> begin(std::string const& name) const;
    /// Errors: `storage`.
    Result<void> write(std::string const& name, std::uint64_t offset, std::string_view bytes) const;
    /// What would become an archive: the names of its images. Errors: `invalid` with all that is
    /// wrong with it, also that another archive has an image of the same name; `storage`.
    Result<std::vector<std::string>> check(std::string const& name) const;
    /// Makes an archive of it, on the disk when it returns. Errors: `storage`.
    Result<void> keep(std::string const& name) const;
    /// What was begun is gone. Errors: `storage`.
    Result<void> forget(std::string const& name) const;
    /// The same for all that was begun at any time.
    Result<void> forget_all() const;

    /// One that was brought. Errors: `not_found`, `forbidden` for the appliance's own, `storage`.
    Result<ImageArchive> find(std::string const& name) const;
    /// On the disk when it returns. Errors: `storage`.
    Result<void> remove(std::string const& name) const;

private:
    std::filesystem::path unfinished(std::string const& name) const;

    std::filesystem::path own_;
    std::filesystem::path brought_;
};

}  // namespace millrace::configurator
