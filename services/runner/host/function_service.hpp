// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "common/service/folder_lock.hpp"
#include "common/service/service.hpp"
#include "runner/function/function.hpp"

namespace millrace::runner {

std::vector<Flag> function_flags();

/// `millrace-runner function`: the process of one function, as it runs in a container image. The
/// handler's environment is our own; readiness is that its code loads, and the process ends where
/// it does not.
class FunctionService final : public Service {
public:
    explicit FunctionService(ServiceContext context);

    Task<HttpAnswer> handle(HttpRequest& request) override;
    std::string not_ready_reason() const override;
    Json status() const override;
    Task<void> start() override;
    Task<void> stop() override;

private:
    void write_termination_message(std::string const& problem) const;

    RevisionContent content_;
    std::filesystem::path termination_log_;
    std::optional<PowerShellRuntime> powershell_;
    FolderLock lock_;
    AsyncSignal changed_;
    Function function_;
};

}  // namespace millrace::runner
