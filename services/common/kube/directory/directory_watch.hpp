// SPDX-License-Identifier: Apache-2.0
// Private to common/kube.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <map>
#include <set>

#include "common/kube/told_objects.hpp"
#include "common/net/worker_thread.hpp"

namespace millrace {

/// Tells changes of one kind: inotify names the files that changed, these are read, on the store's
/// thread. Everything is listed at the beginning, for a folder that is new, and where inotify lost
/// notices.
class DirectoryWatch final : public Watch {
public:
    /// `worker` is the store's, and outlives it.
    DirectoryWatch(
        asio::any_io_executor executor, WorkerThread& worker, std::filesystem::path root,
        ResourceKind const& kind, Selector selector);

    Task<Result<WatchEvent>> next() override;

private:
    struct Folder {
        std::string name_space;  ///< empty: the folder of the namespaces
    };
    Task<void> watch_folders();
    void watch_folder(std::filesystem::path const& folder, std::string const& name_space);
    void take_notices(std::string_view bytes);
    Task<Result<void>> read_all();
    Task<Result<void>> read_changed();
    Task<Result<void>> wait_for_change();

    std::filesystem::path root_;
    ResourceKind const& kind_;
    Selector selector_;
    WorkerThread& worker_;
    asio::posix::stream_descriptor notices_;
    std::map<int, Folder> folders_;  ///< by watch descriptor
    ToldObjects told_;
    std::set<ResourceName> changed_;
    bool has_lost_notices_ = true;
    bool is_synced_ = false;
    bool was_hindered_ = false;  ///< an error was told, and not that it is over
    bool must_pause_ = false;    ///< what is left could not be read a moment ago
    bool is_blind_ = false;      ///< a folder could not be watched: it is listed now and then
};

}  // namespace millrace
