// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/host/function_host.hpp"
#include "console/upstream/upstream.hpp"

namespace millrace::console {

/// The functions that the runner of this machine hosts: it knows all of them, and tells each
/// change.
class RunnerHost final : public FunctionHost {
public:
    /// `upstream` outlives it; `name_space`: of the functions.
    RunnerHost(Upstream& upstream, std::string name_space);

    Task<Result<Json>> functions(std::vector<Resource> const& services) override;
    Task<void> follow(Told told) override;
    Task<Result<Json>> revisions(Resource service) override;
    Task<Result<Json>> log(std::string function, std::int64_t lines) override;
    Task<Result<HttpAnswer>> follow_log(std::string function, std::int64_t lines) override;
    std::vector<std::string> services() const override { return {"runner"}; }
    Task<Result<Json>> platform() override;

private:
    std::string path_of(std::string const& function, std::string const& part) const;

    Upstream& upstream_;
    std::string name_space_;
};

}  // namespace millrace::console
