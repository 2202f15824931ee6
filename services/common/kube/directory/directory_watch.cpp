// SPDX-License-Identifier: Apache-2.0
#include "common/kube/directory/directory_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <cstring>

#include "common/base/log.hpp"
#include "common/kube/directory/directory_files.hpp"

namespace millrace {
namespace {

/// A file counts when it is whole: closed or renamed, not when it is created.
constexpr std::uint32_t file_changes = IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE |
                                       IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t folder_changes = file_changes | IN_CREATE;
/// Where a folder cannot be watched (no watches left), changes are still seen, later; what could
/// not be read is read again.
constexpr milliseconds poll_interval = 2s;
/// Several files are often written in a row: they are read in one go.
constexpr milliseconds settle_time = 5ms;
/// So that thousands of objects are not all in memory before the first is told.
constexpr std::size_t read_at_once = 256;

int make_inotify() {
    int const descriptor = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (descriptor < 0)
        throw StartupError(storage_error("Cannot watch folders (inotify)").detail);
    return descriptor;
}

using Reads = std::vector<std::pair<ResourceName, ToldObjects::Read>>;

Reads read_objects(
    std::filesystem::path const& root, ResourceKind const& kind, Selector const& selector,
    std::vector<ResourceName> const& names) {
    Reads reads;
    reads.reserve(names.size());
    for (ResourceName const& name : names) {
        bool const is_elsewhere =
            !selector.name_space.empty() && name.name_space != selector.name_space;
        if (is_elsewhere)
            continue;
        auto read = read_object(root, kind, name);
        // Who watches others need not know why it is not among them.
        if (read && !selector.matches(*read))
            read = std::unexpected(ObjectProblem{.code = ErrorCode::not_found});
        reads.emplace_back(name, std::move(read));
    }
    return reads;
}

}  // namespace

DirectoryWatch::DirectoryWatch(
    asio::any_io_executor executor, WorkerThread& worker, std::filesystem::path root,
    ResourceKind const& kind, Selector selector)
    : root_(std::move(root)),
      kind_(kind),
      selector_(std::move(selector)),
      worker_(worker),
      notices_(executor, make_inotify()) {}

void DirectoryWatch::watch_folder(
    std::filesystem::path const& folder, std::string const& name_space) {
    std::uint32_t const changes = name_space.empty() ? folder_changes : file_changes;
    int const watch = ::inotify_add_watch(notices_.native_handle(), folder.c_str(), changes);
    if (watch >= 0)
        folders_[watch] = {.name_space = name_space};
    else if (errno != ENOENT && errno != ENOTDIR)
        is_blind_ = true;
}

Task<void> DirectoryWatch::watch_folders() {
    is_blind_ = false;
    for (auto const* half : {"objects", "status"}) {
        std::filesystem::path const folder = kind_folder(root_, half, kind_);
        auto const made = co_await worker_.run([folder] { return make_directories(folder, 0755); });
        watch_folder(folder, "");
        auto const name_spaces = co_await worker_.run([folder] { return list_if_there(folder); });
        if (name_spaces)
            for (std::filesystem::path const& path : *name_spaces)
                watch_folder(path, path.filename().string());
        // What could not be watched is looked at now and then.
        is_blind_ = is_blind_ || !made || !name_spaces;
    }
}

void DirectoryWatch::take_notices(std::string_view bytes) {
    while (bytes.size() >= sizeof(inotify_event)) {
        inotify_event notice{};
        std::memcpy(&notice, bytes.data(), sizeof notice);
        // The kernel ends the name with zeros.
        char const* const name_begin = bytes.data() + sizeof notice;
        std::string const file(name_begin, ::strnlen(name_begin, notice.len));
        bytes.remove_prefix(sizeof notice + notice.len);
        auto const folder = folders_.find(notice.wd);
        bool const is_folder_change =
            (notice.mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0 ||
            folder == folders_.end() || folder->second.name_space.empty();
        if ((notice.mask & IN_IGNORED) != 0)
            folders_.erase(notice.wd);
        if (is_folder_change)
            has_lost_notices_ = true;
        else if (auto name = object_name(folder->second.name_space, file))
            changed_.insert(std::move(*name));
    }
}

Task<Result<void>> DirectoryWatch::read_all() {
    // Watched before it is listed: what comes between is read twice, never missed.
    has_lost_notices_ = false;
    changed_.clear();
    co_await watch_folders();
    auto const names =
        co_await worker_.run([root = root_, &kind = kind_] { return list_names(root, kind); });
    if (!names) {
        has_lost_notices_ = true;
        co_return std::unexpected(names.error());
    }
    told_.keep_only(*names);
    changed_.insert(names->begin(), names->end());
    co_return Result<void>();
}

Task<Result<void>> DirectoryWatch::read_changed() {
    auto end = changed_.begin();
    std::advance(end, std::min(changed_.size(), read_at_once));
    std::vector<ResourceName> const names(changed_.begin(), end);
    changed_.erase(changed_.begin(), end);
    auto const reads =
        co_await worker_.run([root = root_, &kind = kind_, selector = selector_, names] {
            return Result<Reads>(read_objects(root, kind, selector, names));
        });
    if (!reads) {
        changed_.insert(names.begin(), names.end());
        co_return std::unexpected(reads.error());
    }
    std::string problem;
    for (auto const& [name, read] : *reads)
        if (!told_.update(name, read)) {
            changed_.insert(name);
            problem = to_string(read.error().faults);
        }
    if (!problem.empty() && !told_.has_event())
        co_return failure(ErrorCode::storage, problem);
    co_return Result<void>();
}

Task<Result<void>> DirectoryWatch::wait_for_change() {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_at(
        is_blind_ || !changed_.empty() ? asio::steady_timer::clock_type::now() + poll_interval
                                       : asio::steady_timer::time_point::max());
    auto const first = co_await (
        notices_.async_wait(asio::posix::stream_descriptor::wait_read, as_result) ||
        timer.async_wait(as_result));
    auto const code =
        first.index() == 0 ? std::get<0>(std::get<0>(first)) : std::get<0>(std::get<1>(first));
    if (code)
        co_return failure(ErrorCode::canceled, "Stopped.");
    if (first.index() == 0)
        if (auto const slept = co_await sleep_for(settle_time); !slept)
            co_return std::unexpected(slept.error());
    has_lost_notices_ = has_lost_notices_ || is_blind_;
    std::vector<char> notices(65'536);
    for (;;) {
        ::ssize_t const got = ::read(notices_.native_handle(), notices.data(), notices.size());
        if (got <= 0)
            break;
        take_notices({notices.data(), static_cast<std::size_t>(got)});
    }
    co_return Result<void>();
}

Task<Result<WatchEvent>> DirectoryWatch::next() {
    while (!told_.has_event()) {
        if (is_synced_ && !has_lost_notices_ && (changed_.empty() || must_pause_))
            if (auto const changed = co_await wait_for_change(); !changed)
                co_return std::unexpected(changed.error());
        must_pause_ = false;
        Result<void> read;
        if (has_lost_notices_)
            read = co_await read_all();
        if (read && !changed_.empty())
            read = co_await read_changed();
        if (!read) {
            must_pause_ = true;
            was_hindered_ = true;
            co_return std::unexpected(read.error());
        }
        if ((!is_synced_ || was_hindered_) && changed_.empty()) {
            is_synced_ = true;
            was_hindered_ = false;
            told_.add_synced();
        }
    }
    co_return told_.take();
}

}  // namespace millrace
