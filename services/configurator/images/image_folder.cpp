// SPDX-License-Identifier: Apache-2.0
#include "configurator/images/image_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/file.hpp"
#include "common/base/free_space.hpp"
#include "configurator/images/archive_images.hpp"
#include "configurator/images/image_room.hpp"

namespace millrace::configurator {
namespace {

constexpr auto unfinished_suffix = ".part";
constexpr mode_t folder_mode = 0755;

Result<std::vector<std::string>> images_in(std::filesystem::path const& file) {
    auto const contents = read_archive(file);
    if (!contents)
        return std::unexpected(contents.error());
    auto images = images_of(*contents, own_architecture);
    if (!images)
        return failure(ErrorCode::invalid, to_sentences(images.error()));
    return std::move(*images);
}

ImageArchive archive_at(std::filesystem::path const& file, bool is_own) {
    ImageArchive archive{.name = file.filename().string(), .is_own = is_own};
    std::error_code fault;
    archive.bytes = std::filesystem::file_size(file, fault);
    if (fault)
        archive.bytes = 0;
    if (auto images = images_in(file))
        archive.images = std::move(*images);
    else
        archive.problem = images.error().detail;
    return archive;
}

/// None where the folder is not there.
Result<void> list_into(
    std::vector<ImageArchive>& archives, std::filesystem::path const& folder, bool is_own) {
    auto const files = list_folder(folder);
    if (!files && files.error().code == ErrorCode::not_found)
        return {};
    if (!files)
        return std::unexpected(files.error());
    for (std::filesystem::path const& file : *files)
        if (file.extension() == ".tar")
            archives.push_back(archive_at(file, is_own));
    return {};
}

Result<void> unlink_file(std::filesystem::path const& file) {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT)
        return std::unexpected(storage_error("Cannot remove " + file.string()));
    return {};
}

}  // namespace

std::filesystem::path ImageFolder::unfinished(std::string const& name) const {
    return brought_ / (name + unfinished_suffix);
}

Result<std::vector<ImageArchive>> ImageFolder::list() const {
    std::vector<ImageArchive> archives;
    auto listed = list_into(archives, own_, true);
    if (listed)
        listed = list_into(archives, brought_, false);
    if (!listed)
        return std::unexpected(listed.error());
    return archives;
}

Result<std::int64_t> ImageFolder::room() const {
    if (auto made = make_directories(brought_, folder_mode); !made)
        return std::unexpected(made.error());
    return free_bytes(brought_);
}

Result<void> ImageFolder::check_room(std::uint64_t bytes) const {
    auto const enough =
        check_free_space(brought_, room(), room_to_receive(static_cast<std::int64_t>(bytes)));
    if (enough)
        return {};
    return failure(
        ErrorCode::too_large,
        enough.error().detail +
            " Remove archives, or make the data disk larger: it is used as far "
            "as it is grown, from the next start on.");
}

Result<void> ImageFolder::begin(std::string const& name) const {
    for (auto const& folder : {own_, brought_})
        if (std::filesystem::exists(folder / name))
            return failure(
                ErrorCode::conflict,
                "There is an archive " + name +
                    " already; remove it first, or give this one another name.");
    if (auto made = make_directories(brought_, folder_mode); !made)
        return made;
    if (auto gone = forget_all(); !gone)
        return gone;
    FileDescriptor const file(
        ::open(unfinished(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.is_open())
        return std::unexpected(storage_error("Cannot create " + unfinished(name).string()));
    return {};
}

Result<void> ImageFolder::write(
    std::string const& name, std::uint64_t offset, std::string_view bytes) const {
    FileDescriptor const file(::open(unfinished(name).c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.is_open())
        return std::unexpected(storage_error("Cannot open " + unfinished(name).string()));
    while (!bytes.empty()) {
        ssize_t const put =
            ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return std::unexpected(storage_error("Cannot write " + unfinished(name).string()));
        offset += static_cast<std::uint64_t>(put);
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
}

Result<std::vector<std::string>> ImageFolder::check(std::string const& name) const {
    auto const images = images_in(unfinished(name));
    if (!images)
        return images;
    auto const others = list();
    if (!others)
        return std::unexpected(others.error());
    for (ImageArchive const& other : *others)
        for (std::string const& image : *images)
            if (std::ranges::find(other.images, image) != other.images.end())
                return failure(
                    ErrorCode::invalid, "It has the image " + image + ", which is in " +
                                            other.name + " already; give it another tag.");
    return images;
}

Result<void> ImageFolder::keep(std::string const& name) const {
    FileDescriptor const file(::open(unfinished(name).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open() || ::fsync(file.get()) != 0)
        return std::unexpected(storage_error("Cannot sync " + unfinished(name).string()));
    if (::rename(unfinished(name).c_str(), (brought_ / name).c_str()) != 0)
        return std::unexpected(storage_error("Cannot rename " + unfinished(name).string()));
    return sync_folder(brought_);
}

Result<void> ImageFolder::forget(std::string const& name) const {
    return unlink_file(unfinished(name));
}

Result<void> ImageFolder::forget_all() const {
    auto const files = list_folder(brought_);
    if (!files)
        return files.error().code == ErrorCode::not_found ? Result<void>()
                                                          : std::unexpected(files.error());
    for (std::filesystem::path const& file : *files)
        if (file.extension() == unfinished_suffix)
            if (auto gone = unlink_file(file); !gone)
                return gone;
    return {};
}

Result<ImageArchive> ImageFolder::find(std::string const& name) const {
    auto const archives = list();
    if (!archives)
        return std::unexpected(archives.error());
    auto const found = std::ranges::find(*archives, name, &ImageArchive::name);
    if (found == archives->end())
        return failure(ErrorCode::not_found, "There is no image archive \"" + name + "\".");
    if (found->is_own)
        return failure(ErrorCode::forbidden, name + " comes with the appliance, which needs it.");
    return *found;
}

Result<void> ImageFolder::remove(std::string const& name) const {
    auto gone = unlink_file(brought_ / name);
    return gone ? sync_folder(brought_) : gone;
}

}  // namespace millrace::configurator
