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
    Result<Change> present(std::string const& path) override;
    Result<void> make(Change const& change) override;
    Result<void> run(Program const& program) override;
    Result<bool> ask(Proof const& proof) override;
    std::string const& printed() const override { return printed_; }
    SteadyTime now() const override { return steady_now(); }
    void wait(nanoseconds span) override;

private:
    Result<bool> has(WriteFile const& wanted) const;
    Result<bool> has(RemoveFile const& wanted) const;
    Result<bool> has(KeepFolder const& wanted) const;
    Result<bool> has(FillTemplate const& wanted) const;
    Result<bool> has(CopyFile const& wanted) const;
    Result<bool> has(KeepDirectory const& wanted) const;
    Result<bool> has(EmptyFolder const& wanted) const;
    Result<bool> has(KeepCertificate const& wanted) const;
    Result<bool> has(RenewCertificate const& wanted) const;
    Result<bool> has(KeepKeyPair const& wanted) const;
    Result<bool> has(KeepToken const& wanted) const;
    Result<bool> has(KeepKey const& wanted) const;
    Result<bool> has(KeepClockOffset const& wanted) const;
    Result<bool> has(KeepSecretValid const& wanted);
    Result<void> bring(WriteFile const& wanted) const;
    Result<void> bring(RemoveFile const& wanted) const;
    Result<void> bring(KeepFolder const& wanted) const;
    Result<void> bring(FillTemplate const& wanted) const;
    Result<void> bring(CopyFile const& wanted) const;
    Result<void> bring(KeepDirectory const& wanted) const;
    Result<void> bring(EmptyFolder const& wanted) const;
    Result<void> bring(KeepCertificate const& wanted) const;
    Result<void> bring(RenewCertificate const& wanted) const;
    Result<void> bring(KeepKeyPair const& wanted) const;
    Result<void> bring(KeepToken const& wanted) const;
    Result<void> bring(KeepKey const& wanted) const;
    Result<void> bring(KeepClockOffset const& wanted) const;
    Result<void> bring(KeepSecretValid const& wanted);
    Result<std::string> filled(FillTemplate const& one) const;
    Result<std::string> content_that_must_be(std::string const& path) const;
    Result<std::optional<CertificateText>> certificate(CertificatePaths const& paths) const;
    std::filesystem::path at(std::string const& path) const;

    std::filesystem::path root_;
    std::string printed_;
};

}  // namespace millrace::configurator
