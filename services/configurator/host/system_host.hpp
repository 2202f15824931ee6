// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "configurator/host/host.hpp"

namespace millrace::configurator {

/// This machine, or a tree of files below a folder.
class SystemHost final : public Host {
public:
    /// `root`: what "/" means for files; programs are this machine's all the same.
    explicit SystemHost(std::filesystem::path root) : root_(std::move(root)) {}

    Result<bool> holds(Change const& change) override;
    Result<void> make(Change const& change) override;
    Result<void> run(Program const& program) override;
    Result<bool> ask(Proof const& proof) override;
    std::string const& printed() const override { return printed_; }
    SteadyTime now() const override { return steady_now(); }
    void wait(nanoseconds span) override;

private:
    Result<bool> has(WriteFile const& file) const;
    Result<bool> has(RemoveFile const& file) const;
    Result<bool> has(KeepFolder const& folder) const;
    Result<bool> has(KeepCertificate const& wanted) const;
    Result<void> bring(WriteFile const& file) const;
    Result<void> bring(RemoveFile const& file) const;
    Result<void> bring(KeepFolder const& folder) const;
    Result<void> bring(KeepCertificate const& wanted) const;
    std::filesystem::path at(std::string const& path) const;

    std::filesystem::path root_;
    std::string printed_;
};

}  // namespace millrace::configurator
