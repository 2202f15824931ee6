// SPDX-License-Identifier: Apache-2.0
#include "configurator/images/archive_contents.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cstring>
#include <fstream>
#include <memory>

namespace millrace::configurator {
namespace {

constexpr std::size_t files_max = 100'000;
constexpr std::int64_t document_bytes_max = std::int64_t{1} << 20;
constexpr std::size_t documents_bytes_max = std::size_t{32} << 20;
constexpr std::size_t block_bytes = std::size_t{64} << 10;

struct Closer {
    void operator()(archive* one) const { ::archive_read_free(one); }
};
using Reader = std::unique_ptr<archive, Closer>;

struct Compression {
    std::string_view begin;
    std::string_view unpack;
};
constexpr std::array<Compression, 4> compressions = {{
    {"\x1f\x8b", "gunzip"},
    {"\x28\xb5\x2f\xfd", "unzstd"},
    {"\xfd\x37zXZ", "unxz"},
    {"BZh", "bunzip2"},
}};

/// Nothing where it is not compressed, or cannot be read: the archive's reader says why, then.
std::string_view unpacker_of(std::filesystem::path const& file) {
    std::array<char, 8> begin{};
    std::ifstream(file, std::ios::binary).read(begin.data(), begin.size());
    for (Compression const& known : compressions)
        if (std::string_view(begin.data(), begin.size()).starts_with(known.begin))
            return known.unpack;
    return {};
}

std::unexpected<Error> no_archive(archive* reader) {
    char const* const why = ::archive_error_string(reader);
    return failure(
        ErrorCode::invalid,
        std::string("This is no whole tar archive: ") + (why == nullptr ? "unknown" : why) + ".");
}

/// "./a/b" and "a/b" are the same file.
std::string path_of(archive_entry* entry) {
    char const* const raw = ::archive_entry_pathname(entry);
    std::string_view path = raw == nullptr ? "" : raw;
    if (path.starts_with("./"))
        path.remove_prefix(2);
    return std::string(path);
}

bool looks_like_json(std::string_view text) {
    auto const begin = text.find_first_not_of(" \t\r\n");
    return begin != std::string_view::npos && (text[begin] == '{' || text[begin] == '[');
}

Result<std::string> content_of(archive* reader, std::int64_t bytes) {
    std::string content(static_cast<std::size_t>(bytes), '\0');
    if (::archive_read_data(reader, content.data(), content.size()) != bytes)
        return no_archive(reader);
    return content;
}

class Contents {
public:
    Result<void> add(archive* reader, archive_entry* entry) {
        mode_t const type = ::archive_entry_filetype(entry);
        bool const is_link = type == AE_IFLNK || ::archive_entry_hardlink(entry) != nullptr;
        if (type != AE_IFREG && !is_link)
            return {};
        std::int64_t const bytes = is_link ? 0 : ::archive_entry_size(entry);
        if (found_.sizes.size() == files_max)
            return failure(
                ErrorCode::invalid,
                "It has more than " + std::to_string(files_max) + " files; no image has so many.");
        std::string path = path_of(entry);
        found_.sizes[path] = static_cast<std::uint64_t>(bytes);
        return bytes > document_bytes_max ? Result<void>()
                                          : add_document(reader, std::move(path), bytes);
    }
    ArchiveContents take() { return std::move(found_); }

private:
    Result<void> add_document(archive* reader, std::string path, std::int64_t bytes) {
        auto content = content_of(reader, bytes);
        if (!content)
            return std::unexpected(content.error());
        if (!looks_like_json(*content))
            return {};
        documents_bytes_ += content->size();
        if (documents_bytes_ > documents_bytes_max)
            return failure(ErrorCode::invalid, "Its documents have more than 32 MiB.");
        found_.documents[std::move(path)] = std::move(*content);
        return {};
    }

    ArchiveContents found_;
    std::size_t documents_bytes_ = 0;
};

Result<ArchiveContents> read_all(archive* reader) {
    Contents contents;
    archive_entry* entry = nullptr;
    for (;;) {
        int const got = ::archive_read_next_header(reader, &entry);
        if (got == ARCHIVE_EOF)
            return contents.take();
        if (got != ARCHIVE_OK)
            return no_archive(reader);
        if (auto added = contents.add(reader, entry); !added)
            return std::unexpected(added.error());
    }
}

}  // namespace

Result<ArchiveContents> read_archive(std::filesystem::path const& file) {
    if (std::string_view const unpacker = unpacker_of(file); !unpacker.empty())
        return failure(
            ErrorCode::invalid,
            "The archive is compressed; unpack it first: " + std::string(unpacker) + " FILE.");
    Reader const reader(::archive_read_new());
    if (!reader || ::archive_read_support_format_tar(reader.get()) != ARCHIVE_OK)
        return failure(ErrorCode::unavailable, "There is no memory to read the archive.");
    if (::archive_read_open_filename(reader.get(), file.c_str(), block_bytes) == ARCHIVE_OK)
        return read_all(reader.get());
    int const code = ::archive_errno(reader.get());
    if (code == ENOENT)
        return failure(ErrorCode::not_found, "There is no archive " + file.string() + ".");
    if (code == EIO || code == EACCES)
        return failure(
            ErrorCode::storage, file.string() + " cannot be read: " + std::strerror(code) + ".");
    return no_archive(reader.get());
}

}  // namespace millrace::configurator
