// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/run_shell.hpp"

namespace millrace::test {

/// Runs $MILLRACE_UPSTREAM/helm VERB ... CHART MORE (scripts/build-upstream helm), which keeps
/// nothing.
Ended helm(std::string const& verb, std::string const& more = {});

/// The objects of one of the chart's templates, as the release "millrace" in the namespace
/// "millrace" has them.
std::string chart_objects(std::string const& template_name);

}  // namespace millrace::test
