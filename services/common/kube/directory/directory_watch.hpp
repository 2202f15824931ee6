// SPDX-License-Identifier: Apache-2.0
// Private to common/kube.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>
#include <map>

#include "common/kube/directory/directory_files.hpp"

namespace millrace {

/// Compares what is in the folders with what was told last, whenever inotify reports anything
/// below them. inotify only wakes: the comparison makes lost or merged notices harmless.
class DirectoryWatch final : public Watch {
public:
    DirectoryWatch(
        asio::any_io_executor executor, std::filesystem::path root, ResourceKind const& kind);

    Task<Result<WatchEvent>> next() override;

private:
    void watch_folders();
    void compare();
    Task<Result<void>> wait_for_change();

    std::filesystem::path root_;
    ResourceKind const& kind_;
    asio::posix::stream_descriptor notices_;
    /// What was told: the hash of content or of faults, and the last good object.
    struct Told {
        std::uint64_t hash = 0;
        Resource resource;
    };
    std::map<ResourceName, Told> told_;
    std::deque<WatchEvent> waiting_;
    bool synced_ = false;
};

}  // namespace millrace
