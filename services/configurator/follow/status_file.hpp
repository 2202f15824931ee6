// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "common/base/json.hpp"
#include "configurator/plan/configuration_machine.hpp"

namespace millrace::configurator {

/// Tells on this machine how the configuration stands: the file for programs and the VM's screen, a
/// line a step on standard output for people.
class StatusFile {
public:
    explicit StatusFile(std::filesystem::path file) : file_(std::move(file)) {}

    /// What cannot be told is logged, and hinders nothing.
    void write(Json const& status);
    /// Prints the steps that have ended since it was called last.
    void print(ConfigurationMachine const& machine);

private:
    std::filesystem::path file_;
    Json told_;
    std::size_t lines_ = 0;
};

}  // namespace millrace::configurator
