// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <string>

#include "common/base/clock.hpp"
#include "common/kube/resource.hpp"

namespace millrace::runner {

/// The most that FunctionDefinition::concurrency may be: each is a runspace, in one process of 1
/// GiB.
inline constexpr std::size_t concurrency_most = 16;

/// What runs handlers, in the order the messages name it.
inline constexpr std::array<std::string_view, 3> runtime_names = {"python", "shell", "powershell"};

/// envFrom.secretRef: all keys of a Secret, which may be missing where it is optional.
struct SecretReference {
    std::string name;
    bool is_optional = false;

    bool operator==(SecretReference const&) const = default;
};

/// One function as its Knative Service (serving.knative.dev/v1) says.
struct FunctionDefinition {
    ResourceName name;
    std::string revision;  ///< "<name>-00007", numbered by the Service's generation as Knative's
    std::string runtime;   ///< one of runtime_names
    std::string code;      ///< name of the ConfigMap mounted at /function
    std::map<std::string, std::string> environment;  ///< env with plain values
    std::map<std::string, std::pair<std::string, std::string>> secret_keys;  ///< env -> secret, key
    std::vector<SecretReference> secrets;                                    ///< later ones win
    milliseconds timeout = 30s;     ///< spec.template.spec.timeoutSeconds
    std::size_t instances_min = 0;  ///< autoscaling.knative.dev/min-scale
    std::size_t instances_max = 1;  ///< autoscaling.knative.dev/max-scale, at most 8 here
    /// Events that one worker handles at once: PowerShell's containerConcurrency, else 1.
    std::size_t concurrency = 1;

    bool operator==(FunctionDefinition const&) const = default;
};

/// Why no setting or Secret may set the variable `name`, as the end of a sentence; empty: it may.
/// What the runtimes stand on is refused, since a worker with another value of it cannot start or
/// is another program: PATH, TMPDIR, IFS, ENV, BASH_ENV, SHELLOPTS, BASHOPTS, PYTHONHOME,
/// PYTHONPATH, PYTHONSTARTUP, PSModulePath, and what begins with LD_, MILLRACE_, BASH_FUNC_,
/// DOTNET_, COMPlus_ or CORECLR_.
std::string reason_against_variable(std::string_view name);

/// All faults at once, each with its place in the Service.
Checked<FunctionDefinition> parse_function(Resource const& service);

}  // namespace millrace::runner
