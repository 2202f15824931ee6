// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::router {

/// A file that is written at places of its own. What was written outlives the process; only what
/// was synced outlives the machine. Errors: `storage`, with the system's reason.
class DataFile {
public:
    virtual ~DataFile() = default;
    virtual std::uint64_t size() const = 0;
    virtual Result<void> write_at(std::uint64_t offset, std::string_view bytes) = 0;
    virtual Result<void> truncate(std::uint64_t size) = 0;
    /// Blocks for milliseconds. May be called from another thread while the file is written.
    virtual Result<void> sync() const = 0;
};

/// The folder of one source: its checkpoint and dead letters. Behind this stands the disk, and in
/// tests a disk that fails as disks do. Errors: `storage`, with the system's reason.
class DataFolder {
public:
    virtual ~DataFolder() = default;
    /// The whole file. Errors: also `not_found`, `too_large` above `bytes_max`.
    virtual Result<std::string> read(std::string const& name, std::size_t bytes_max) = 0;
    /// Opens for writing; makes an empty file where there is none.
    virtual Result<std::unique_ptr<DataFile>> open(std::string const& name) = 0;
    virtual Result<void> rename(std::string const& from, std::string const& to) = 0;
    /// After it the names of the files outlive the machine, too.
    virtual Result<void> sync_names() = 0;
    /// Where the file is, for a person.
    virtual std::string place_of(std::string const& name) const = 0;
};

}  // namespace millrace::router
