// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/result.hpp"
#include "configurator/plan/step.hpp"

namespace millrace::configurator {

/// The machine that is configured. Blocks; one thread.
class Host {
public:
    virtual ~Host() = default;
    /// Whether nothing has to be done for it. Errors: what cannot be looked at, by its path.
    virtual Result<bool> holds(Change const& change) = 0;
    /// What brings the file back as it is now: a WriteFile, or a RemoveFile where there is none.
    /// Errors: what cannot be read, by its path.
    virtual Result<Change> present(std::string const& path) = 0;
    /// It holds then, after a power cut, too. Errors: `storage` and the like, by its path.
    virtual Result<void> make(Change const& change) = 0;
    /// What it did holds then, after a power cut, too. Errors: a program that is missing, fails or
    /// takes too long, with the last it said.
    virtual Result<void> run(Program const& program) = 0;
    /// Errors: a program that is missing or takes too long.
    virtual Result<bool> ask(Proof const& proof) = 0;
    /// All that the last program printed, or why it did not run.
    virtual std::string const& printed() const = 0;
    virtual SteadyTime now() const = 0;
    virtual void wait(nanoseconds span) = 0;
};

}  // namespace millrace::configurator
