// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/net/async_signal.hpp"
#include "common/net/worker_thread.hpp"
#include "configurator/host/host.hpp"
#include "configurator/images/image_folder.hpp"
#include "configurator/images/image_work.hpp"

namespace millrace::configurator {

/// Where images are. The defaults are the appliance's.
struct ImageOptions {
    std::filesystem::path own = "/usr/share/millrace/images";
    std::filesystem::path brought = "/var/lib/millrace/images";
};

/// The image archives of the appliance: takes what people bring, piece by piece, checks it before
/// anything is imported, and brings it into containerd, or takes it from there. All of it belongs
/// to the io thread but folder and host, which are the worker's.
class ImageKeeper {
public:
    /// `host` outlives it, and is asked by nobody else meanwhile.
    ImageKeeper(asio::any_io_executor io, Host& host, ImageOptions options);

    /// Until it is cancelled; what was received before it began is gone.
    Task<void> run();

    ImageWork const& work() const { return work_; }
    /// As they were when something was done last. Errors: `unavailable` before run(); `storage`.
    Result<std::vector<ImageArchive>> const& archives() const { return archives_; }
    /// Bytes that are free. Errors: `storage`.
    Task<Result<std::int64_t>> room();

    /// Errors: ImageWork::begin's, ImageFolder's check_room and begin.
    Task<Result<void>> begin(std::string name, std::uint64_t bytes);
    /// Errors: ImageWork::accept's; `storage`, and the archive is refused then.
    Task<Result<void>> write(std::uint64_t offset, std::string_view bytes);
    /// All of it has come; it is checked and imported while this has long returned. Errors:
    /// ImageWork::finish's.
    Result<void> finish();
    /// What is received is gone. Errors: `conflict` where nothing is; `storage`.
    Task<Result<void>> cancel();
    /// Begins it. Errors: ImageFolder::find's; `conflict` where something is being done, or a
    /// function or pod needs one of its images; `unavailable` where that cannot be known.
    Task<Result<void>> remove(std::string name);

private:
    Task<void> add();
    Task<void> take_away();
    Task<void> refresh();
    Result<void> import_archive(std::string const& name);
    Result<void> check_unused(ImageArchive const& archive);

    Host& host_;
    ImageFolder folder_;
    WorkerThread worker_;
    AsyncSignal begun_;
    ImageWork work_;
    Result<std::vector<ImageArchive>> archives_;
};

}  // namespace millrace::configurator
