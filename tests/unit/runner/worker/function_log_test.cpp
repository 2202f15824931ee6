// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/function_log.hpp"

#include <cstdio>
#include <fstream>

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::runner;

TEST_CASE("Log: what was written is there after a restart, a torn line is not") {
    test::TemporaryFolder folder;
    asio::io_context io;
    {
        FunctionLog log(io.get_executor(), folder.path() / "log.jsonl");
        log.append({"2026-01-01T00:00:00Z", "stdout", "hello \xff", "echo-1", "7"});
    }
    std::ofstream(folder.path() / "log.jsonl", std::ios::app) << "{\"at\":\"torn";
    FunctionLog const log(io.get_executor(), folder.path() / "log.jsonl");
    CHECK(
        log.page(10) ==
        "{\"items\":[{\"at\":\"2026-01-01T00:00:00Z\",\"stream\":\"stdout\","
        "\"text\":\"hello \xef\xbf\xbd\",\"revision\":\"echo-1\",\"eventId\":\"7\"}]}");
}

TEST_CASE("Log: in a container each line stands on standard output, too, as it was printed") {
    test::TemporaryFolder folder;
    asio::io_context io;
    std::string const output = (folder.path() / "output").string();
    std::FILE* const copy = std::fopen(output.c_str(), "w");
    REQUIRE(copy != nullptr);
    FunctionLog log(io.get_executor(), folder.path() / "log.jsonl", copy);
    log.append({"2026-01-01T00:00:00Z", "stdout", "type: VmPoweredOnEvent", "echo-1", "7"});
    log.append({"2026-01-01T00:00:01Z", "stderr", "no \"such\" tag", "echo-1", "7"});
    CHECK(read_file(output, 1'024).value() == "type: VmPoweredOnEvent\nno \"such\" tag\n");
    std::fclose(copy);
}
