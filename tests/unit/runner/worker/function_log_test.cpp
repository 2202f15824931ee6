// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/function_log.hpp"

#include <cstdio>
#include <fstream>

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::runner;

TEST_CASE("Log: lines are told apart however the bytes arrive") {
    LineSplitter splitter;
    CHECK(splitter.take("one\ntw") == std::vector<std::string>{"one"});
    CHECK(splitter.take("o\n\n") == std::vector<std::string>{"two", ""});
    CHECK(splitter.take("rest").empty());
    CHECK(splitter.rest() == "rest");
}

TEST_CASE("Log: a line without an end is cut at 8 KiB, the next one is whole") {
    LineSplitter splitter;
    CHECK(splitter.take(std::string(100'000, 'x')).empty());
    auto const lines = splitter.take(std::string(100'000, 'x') + "\nnext\n");
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].size() == 8'192 + 3);
    CHECK(lines[1] == "next");
}

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
