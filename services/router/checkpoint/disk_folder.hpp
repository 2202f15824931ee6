// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "router/checkpoint/data_folder.hpp"

namespace millrace::router {

/// A DataFolder that is one: files of a folder that exists, made with mode 0600.
class DiskFolder final : public DataFolder {
public:
    explicit DiskFolder(std::filesystem::path path) : path_(std::move(path)) {}

    Result<std::string> read(std::string const& name, std::size_t bytes_max) override;
    Result<std::unique_ptr<DataFile>> open(std::string const& name) override;
    Result<void> rename(std::string const& from, std::string const& to) override;
    Result<void> sync_names() override;
    std::string place_of(std::string const& name) const override;

private:
    std::filesystem::path path_;
};

}  // namespace millrace::router
