// SPDX-License-Identifier: Apache-2.0
#include "runner/host/container_flags.hpp"

#include <map>

#include "tests/support/catch.hpp"

namespace millrace::runner {
namespace {

using Words = std::vector<std::string>;

Words flags_with(std::map<std::string, std::string> const& environment, Words const& given) {
    return container_flags(given, [&environment](char const* name) {
        auto const found = environment.find(name);
        return found == environment.end() ? nullptr : found->second.c_str();
    });
}

TEST_CASE("Container: Knative's environment says name, port, any host, and where an end is told") {
    CHECK(
        flags_with({{"PORT", "8080"}, {"K_SERVICE", "echo"}}, {"--runtime", "python"}) ==
        Words{
            "--listen=0.0.0.0:8080", "--name=echo", "--host=*",
            "--termination-log=/dev/termination-log", "--runtime", "python"});
}

TEST_CASE("Container: what the command line says holds") {
    CHECK(
        flags_with(
            {{"PORT", "8080"}, {"K_SERVICE", "echo"}},
            {"--listen", "127.0.0.1:1", "--name=other", "--host=a.example",
             "--termination-log=/x"}) ==
        Words{
            "--listen", "127.0.0.1:1", "--name=other", "--host=a.example", "--termination-log=/x"});
}

TEST_CASE("Container: without that environment nothing is added") {
    CHECK(flags_with({}, {"--name", "echo"}) == Words{"--name", "echo"});
}

}  // namespace
}  // namespace millrace::runner
