// SPDX-License-Identifier: Apache-2.0
// Debian 12 has Catch2 2, later releases 3: the same Session class from different headers.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include <csignal>

int main(int argument_count, char** arguments) {
    // A peer that goes away must show as an error of the write, as in the services.
    std::signal(SIGPIPE, SIG_IGN);
    return Catch::Session().run(argument_count, arguments);
}
