// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace millrace::test {

/// This machine in the cluster's network (scripts/cluster): pods reach it here, and it reaches the
/// cluster's Services by their addresses.
inline constexpr std::string_view host_address = "10.200.0.254";

/// Where the tests' objects are; VEBA's functions are there, too.
inline constexpr std::string_view test_namespace = "vmware-functions";

/// Runs a command inside the cluster (`scripts/cluster run`, its path is in $MILLRACE_CLUSTER); its
/// output. Fails the test if it fails.
std::string in_cluster(std::string const& command);

/// kubectl in the tests' namespace.
std::string kubectl(std::string const& arguments);

/// `@TAG@` in it is the tag of the images that run.
void apply_objects(std::string yaml);

/// "http://ADDRESS/NAMESPACE/NAME" of the default Broker, by its Service's address.
std::string broker_url();

/// A function of Python code, without a Trigger.
std::string python_function(std::string const& name, std::string const& code);

/// A Trigger of events of `type`; `subscriber` as YAML: "{uri: ...}" or "{ref: ...}".
std::string trigger(
    std::string const& name, std::string const& type, std::string const& subscriber);

/// `subscriber` of a Trigger: the function of that name.
std::string function_ref(std::string const& name);

}  // namespace millrace::test
