// SPDX-License-Identifier: Apache-2.0
#include "configurator/images/image_keeper.hpp"

#include <algorithm>
#include <sstream>

#include "common/base/log.hpp"
#include "configurator/images/archive_images.hpp"
#include "configurator/node/kubectl.hpp"
#include "configurator/node/node_steps.hpp"

namespace millrace::configurator {
namespace {

/// Pieces of one archive come one after the other; others ask how it stands meanwhile.
constexpr std::size_t jobs_max = 16;
constexpr seconds question_limit{20};
constexpr std::string_view end_of_list = "end-of-list";

/// Errors of the archive itself, not of this machine.
bool is_its_own_fault(Error const& error) {
    return error.code == ErrorCode::invalid;
}

}  // namespace

ImageKeeper::ImageKeeper(asio::any_io_executor io, Host& host, ImageOptions options)
    : host_(host),
      folder_(std::move(options.own), std::move(options.brought)),
      worker_(io, jobs_max, "images"),
      begun_(std::move(io)),
      archives_(failure(ErrorCode::unavailable, "The archives have not been looked at yet.")) {}

Task<void> ImageKeeper::run() {
    if (auto const gone = co_await worker_.run([this] { return folder_.forget_all(); }); !gone)
        log::warn("What was left of an upload stays.", {{"reason", gone.error().detail}});
    co_await refresh();
    for (;;) {
        if (work_.state() == ImageWork::State::checking)
            co_await add();
        else if (work_.state() == ImageWork::State::removing)
            co_await take_away();
        else if (!co_await begun_.wait())
            co_return;
    }
}

Task<void> ImageKeeper::refresh() {
    archives_ = co_await worker_.run([this] { return folder_.list(); });
}

Task<Result<std::int64_t>> ImageKeeper::room() {
    co_return co_await worker_.run([this] { return folder_.room(); });
}

Task<Result<void>> ImageKeeper::begin(std::string name, std::uint64_t bytes) {
    if (auto begun = work_.begin(name, bytes, steady_now()); !begun)
        co_return begun;
    auto made = co_await worker_.run([this, &name, bytes] {
        auto room = folder_.check_room(bytes);
        return room ? folder_.begin(name) : room;
    });
    if (!made)
        work_.end(ImageWork::Outcome::failed, made.error().detail, system_now());
    co_return made;
}

Task<Result<void>> ImageKeeper::write(std::uint64_t offset, std::string_view bytes) {
    if (auto taken = work_.accept(offset, bytes.size(), steady_now()); !taken)
        co_return taken;
    std::uint64_t const number = work_.number();
    std::string const name = work_.name();
    auto written = co_await worker_.run(
        [this, &name, offset, bytes] { return folder_.write(name, offset, bytes); });
    if (!written && work_.number() == number) {
        work_.end(ImageWork::Outcome::failed, written.error().detail, system_now());
        co_await worker_.run([this, &name] { return folder_.forget(name); });
    }
    co_return written;
}

Result<void> ImageKeeper::finish() {
    auto complete = work_.finish();
    if (complete)
        begun_.notify();
    return complete;
}

Task<Result<void>> ImageKeeper::cancel() {
    if (work_.state() != ImageWork::State::receiving)
        co_return failure(ErrorCode::conflict, "No archive is being received.");
    std::string const name = work_.name();
    work_.end(ImageWork::Outcome::cancelled, "", system_now());
    co_return co_await worker_.run([this, &name] { return folder_.forget(name); });
}

Task<Result<void>> ImageKeeper::remove(std::string name) {
    if (work_.state() != ImageWork::State::idle)
        co_return failure(ErrorCode::conflict, "Another archive is at work: " + work_.name() + ".");
    auto const unused = co_await worker_.run([this, &name] -> Result<void> {
        auto const archive = folder_.find(name);
        return archive ? check_unused(*archive) : std::unexpected(archive.error());
    });
    if (!unused)
        co_return unused;
    auto begun = work_.remove(name);
    if (begun)
        begun_.notify();
    co_return begun;
}

/// On the worker.
Result<void> ImageKeeper::check_unused(ImageArchive const& archive) {
    auto const asked = host_.run(
        {.words = kubectl(
             {"get", "revisions.serving.knative.dev,pods", "--all-namespaces",
              "--output=jsonpath={..image} " + std::string(end_of_list)}),
         .limit = question_limit});
    if (!asked || host_.printed().find(end_of_list) == std::string::npos)
        return failure(
            ErrorCode::unavailable,
            "Nobody knows whether a function needs it, so it stays: " +
                (asked ? "the cluster's list of images is not whole." : asked.error().detail));
    std::istringstream in_use(host_.printed());
    for (std::string image; in_use >> image;)
        if (std::ranges::find(archive.images, full_image_name(image)) != archive.images.end())
            return failure(
                ErrorCode::conflict, "A function or pod needs its image " + image +
                                         "; delete that first, with its older revisions.");
    return {};
}

/// On the worker. An archive that cannot be imported must not stay: the next start would fail at
/// it.
Result<void> ImageKeeper::import_archive(std::string const& name) {
    auto done = folder_.keep(name);
    if (done)
        done = host_.run(import_images(name));
    if (done)
        return done;
    if (auto const gone = folder_.remove(name); !gone)
        return failure(done.error().code, done.error().detail + " " + gone.error().detail);
    return done;
}

Task<void> ImageKeeper::add() {
    std::string const name = work_.name();
    auto const images = co_await worker_.run([this, &name] { return folder_.check(name); });
    Result<void> done;
    if (images) {
        work_.import();
        done = co_await worker_.run([this, &name] { return import_archive(name); });
    } else {
        done = std::unexpected(images.error());
    }
    auto const forgotten = co_await worker_.run([this, &name] { return folder_.forget(name); });
    co_await refresh();
    if (done)
        done = forgotten;
    log::info(
        "An image archive was brought.",
        {{"archive", name}, {"problem", done ? "" : done.error().detail}});
    work_.end(
        done                             ? ImageWork::Outcome::added
        : is_its_own_fault(done.error()) ? ImageWork::Outcome::refused
                                         : ImageWork::Outcome::failed,
        done ? "" : done.error().detail, system_now());
}

Task<void> ImageKeeper::take_away() {
    std::string const name = work_.name();
    auto const done = co_await worker_.run([this, &name] -> Result<void> {
        auto const archive = folder_.find(name);
        if (!archive)
            return std::unexpected(archive.error());
        // The archive first: without it the next start does not bring its images back.
        if (auto gone = folder_.remove(name); !gone)
            return gone;
        // What was imported is known by its name: another archive may have it later.
        if (auto counted = host_.run(import_images("")); !counted)
            return counted;
        return host_.run(remove_images(archive->images));
    });
    co_await refresh();
    log::info(
        "An image archive was removed.",
        {{"archive", name}, {"problem", done ? "" : done.error().detail}});
    work_.end(
        done ? ImageWork::Outcome::removed : ImageWork::Outcome::failed,
        done ? "" : done.error().detail, system_now());
}

}  // namespace millrace::configurator
