// SPDX-License-Identifier: Apache-2.0
#include "broker/log/segment_list.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "common/base/file.hpp"

namespace millrace::broker {
namespace {

constexpr std::array<char const*, 4> database_suffixes = {"", "-wal", "-shm", "-journal"};

std::filesystem::path with_suffix(std::filesystem::path file, std::string const& suffix) {
    file += suffix;
    return file;
}

void remove_database(std::filesystem::path const& file) {
    for (char const* suffix : database_suffixes) {
        std::error_code ignored;
        std::filesystem::remove(with_suffix(file, suffix), ignored);
    }
}

}  // namespace

std::shared_ptr<SegmentList const> SegmentDirectory::list() const {
    std::scoped_lock const lock(mutex_);
    return list_;
}

void SegmentDirectory::publish(SegmentList list) {
    auto next = std::make_shared<SegmentList const>(std::move(list));
    std::scoped_lock const lock(mutex_);
    list_ = std::move(next);
}

SegmentInfo segment_info(std::filesystem::path const& folder, std::uint32_t number) {
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "%06u", number);
    return {
        .number = number,
        .file = folder / (std::string(name.data()) + ".db"),
        .index_file = folder / (std::string(name.data()) + ".idx")};
}

std::vector<std::uint32_t> segment_numbers(std::filesystem::path const& folder) {
    // A listing that breaks off is no shorter log.
    auto const paths = list_folder(folder);
    if (!paths)
        throw StartupError(paths.error().detail);
    std::vector<std::uint32_t> numbers;
    for (std::filesystem::path const& path : *paths) {
        std::string const name = path.stem().string();
        std::uint32_t number = 0;
        auto const [end, code] = std::from_chars(name.data(), name.data() + name.size(), number);
        bool const is_number = code == std::errc{} && end == name.data() + name.size();
        if (is_number && path.extension() == ".db")
            numbers.push_back(number);
    }
    std::ranges::sort(numbers);
    return numbers;
}

std::int64_t bytes_of(SegmentInfo const& info) {
    std::int64_t bytes = 0;
    for (auto const& file : {info.file, with_suffix(info.file, "-wal"), info.index_file}) {
        std::error_code missing;
        auto const size = std::filesystem::file_size(file, missing);
        bytes += missing ? 0 : static_cast<std::int64_t>(size);
    }
    return bytes;
}

void remove_segment_files(SegmentInfo const& info) {
    remove_database(info.file);
    remove_database(info.index_file);
}

void remove_index(SegmentInfo const& info) {
    remove_database(info.index_file);
}

Result<std::filesystem::path> set_segment_aside(SegmentInfo const& info) {
    std::filesystem::path aside = with_suffix(info.file, ".damaged");
    for (char const* suffix : database_suffixes) {
        std::error_code fault;
        std::filesystem::path const from = with_suffix(info.file, suffix);
        std::filesystem::rename(from, with_suffix(aside, suffix), fault);
        if (fault && fault != std::errc::no_such_file_or_directory)
            return failure(
                ErrorCode::storage,
                "Cannot rename " + from.string() + ": " + fault.message() + ".");
        std::error_code ignored;
        std::filesystem::remove(with_suffix(info.index_file, suffix), ignored);
    }
    return aside;
}

}  // namespace millrace::broker
