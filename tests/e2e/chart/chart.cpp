// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/chart/chart.hpp"

#include <cstdlib>

#include "tests/support/temporary_folder.hpp"

namespace millrace::test {

Ended helm(std::string const& verb, std::string const& more) {
    char const* programs = std::getenv("MILLRACE_UPSTREAM");  // NOLINT(concurrency-mt-unsafe)
    if (programs == nullptr)
        throw std::runtime_error("MILLRACE_UPSTREAM is not set; run scripts/test kubernetes");
    TemporaryFolder const folder;
    std::string environment;
    for (std::string const name : {"CACHE", "CONFIG", "DATA"})
        environment += "HELM_" + name + "_HOME='" + folder.path().string() + "' ";
    return run_shell(
        environment + "'" + programs + "/helm' " + verb +
        " " MILLRACE_SOURCE_DIR "/appliance/chart " + more + " 2>&1");
}

std::string chart_objects(std::string const& template_name) {
    auto const objects =
        helm("template millrace", "--namespace millrace --show-only templates/" + template_name);
    INFO(objects.output);
    REQUIRE(objects.status == "ended with status 0");
    return objects.output;
}

}  // namespace millrace::test
