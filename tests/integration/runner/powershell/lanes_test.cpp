// SPDX-License-Identifier: Apache-2.0
// Several events at once in one worker, where the function's containerConcurrency asks for it.
#include <algorithm>
#include <boost/asio/detached.hpp>
#include <set>

#include "common/event/http_binding.hpp"
#include "tests/integration/runner/powershell/powershell_bench.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// Waits, in PowerShell, until as many events as `data.events` have come to this line: each leaves
/// a file.
constexpr char const* barrier = R"ps(
   function Wait-Others($name, $events) {
      $null = New-Item -ItemType File -Path "$env:TMPDIR/$name"
      while (@(Get-ChildItem $env:TMPDIR -Filter 'event-*').Count -lt $events) {
         Start-Sleep -Milliseconds 10
      }
   }
)ps";

std::string handler_of(std::string const& body, std::string const& init = "") {
    return std::string(barrier) + "Function Process-Init {\n   [CmdletBinding()]\n   param()\n" +
           init +
           "\n}\nFunction Process-Handler {\n   [CmdletBinding()]\n   param(\n"
           "      [CloudNative.CloudEvents.CloudEvent]$CloudEvent\n   )\n"
           "   $data = $cloudEvent | Read-CloudEventJsonData\n" +
           body + "\n}\n";
}

/// A function of which one worker handles several events at once.
class LanesBench {
public:
    LanesBench(std::size_t lanes, std::string const& handler, milliseconds limit = 20s)
        : bench(handler, limit) {
        bench.content.definition.concurrency = lanes;
    }

    struct Answered {
        std::string id;
        HttpAnswer answer;
    };
    /// Posts an event; its answer is added when it comes.
    void begin(std::string const& id, std::string const& data, std::vector<Answered>& into) {
        asio::co_spawn(bench.io, post(request_of(id, data), into), asio::detached);
    }
    void wait_for(std::vector<Answered> const& answers, std::size_t count) {
        run_task(bench.io, [](std::vector<Answered> const& all, std::size_t most) -> Task<void> {
            CHECK(co_await comes_true([&] { return all.size() == most; }, 55s));
        }(answers, count));
    }
    /// Posts an event for each, "a", "b", ..., with that data; the answers in the order they came.
    std::vector<Answered> call_at_once(std::vector<std::string> const& data) {
        std::vector<Answered> answers;
        char id = 'a';
        for (std::string const& text : data)
            begin(std::string(1, id++), text, answers);
        wait_for(answers, data.size());
        return answers;
    }
    /// What the log has of the event.
    std::string log_of(std::string const& event_id) {
        std::string text;
        auto const page = parse_json(bench.log()).value();
        for (Json const& line : *find_json(page, "items"))
            if (string_at(line, "eventId") == event_id)
                text += string_at(line, "text") + "\n";
        return text;
    }
    /// The processes and the runspaces that handlers named as "pid N" and "runspace N".
    std::set<std::string> named(std::string const& what) {
        std::set<std::string> all;
        std::string const log = bench.log();
        for (std::size_t at = 0; (at = log.find(what + " ", at)) != std::string::npos; ++at) {
            std::size_t const begin = at + what.size() + 1;
            all.insert(log.substr(begin, log.find_first_not_of("0123456789", begin) - begin));
        }
        return all;
    }

    PowerShellBench bench;

private:
    static HttpRequest request_of(std::string const& id, std::string const& data) {
        CloudEvent event;
        event.id = id;
        event.source = "/test";
        event.type = "test";
        event.datacontenttype = "application/json";
        event.data = data;
        event.has_data = true;
        HttpRequest request;
        request.method = "POST";
        request.headers = binary_headers(event);
        request.body = event.data;
        return request;
    }
    Task<void> post(HttpRequest request, std::vector<Answered>& into) {
        HttpAnswer answer = co_await bench.function.handle(request);
        into.push_back({std::string(request.headers.get("ce-id")), std::move(answer)});
    }
};

int status_of(std::vector<LanesBench::Answered> const& answers, std::string const& id) {
    auto const found = std::ranges::find(answers, id, &LanesBench::Answered::id);
    return found == answers.end() ? 0 : found->answer.status;
}

constexpr char const* meets = R"({"meets":4})";

}  // namespace

TEST_CASE("Four events that each wait for the other three finish in one process") {
    LanesBench at(
        4,
        handler_of(
            R"ps(
   $script:handled++
   Write-Host "begins $($cloudEvent.Id)"
   Wait-Others "event-$($cloudEvent.Id)" $data.meets
   Write-Warning "ends $($cloudEvent.Id)"
   Write-Host "pid $PID runspace $([runspace]::DefaultRunspace.Id) handled $script:handled")ps",
            R"ps(   Write-Host "opened $([runspace]::DefaultRunspace.Id)"; $script:handled = 0)ps"));
    at.bench.deploy();
    auto const answers = at.call_at_once({meets, meets, meets, meets});
    INFO(at.bench.log());
    for (auto const& [id, answer] : answers) {
        CHECK(answer.status == 202);
        std::string const log = at.log_of(id);
        INFO(log);
        CHECK(log.find("begins " + id) != std::string::npos);
        CHECK(log.find("WARNING: ends " + id) != std::string::npos);
        CHECK(log.find("handled 1") != std::string::npos);
        for (std::string const other : {"a", "b", "c", "d"})
            CHECK((other == id || log.find(" " + other + "\n") == std::string::npos));
    }
    CHECK(at.named("pid").size() == 1);
    // Process-Init has run once in each runspace, and each has had one of the events.
    CHECK(at.named("opened").size() == 4);
    CHECK(at.named("runspace") == at.named("opened"));
}

TEST_CASE("More events than lanes: those that wait are handled as lanes come free") {
    LanesBench at(2, handler_of(R"ps(
   Write-Host "pid $PID"
   if ($data.waits) { Start-Sleep -Milliseconds 200 })ps"));
    at.bench.deploy();
    std::string const waits = R"({"waits":true})";
    auto const answers = at.call_at_once({waits, waits, "{}", "{}", "{}"});
    for (auto const& [id, answer] : answers)
        CHECK(answer.status == 202);
    CHECK(at.named("pid").size() == 1);
}

TEST_CASE("One lane: events are handled one after the other, in the order they came") {
    LanesBench at(1, handler_of(R"ps(   $script:order += $cloudEvent.Id
   Write-Host "so far $script:order")ps"));
    at.bench.deploy();
    auto const answers = at.call_at_once({"{}", "{}", "{}", "{}"});
    std::string order;
    for (auto const& [id, answer] : answers)
        order += id;
    CHECK(order == "abcd");
    CHECK(at.bench.logged("so far abcd"));
}

TEST_CASE("A throw, an exit and a stop at the limit are the matter of their events alone") {
    LanesBench at(
        4, handler_of(R"ps(
   Wait-Others "event-$($cloudEvent.Id)" 4
   if ($data.throws) { throw "bad $($cloudEvent.Id)" }
   if ($data.exits) { exit 3 }
   if ($data.hangs) { Start-Sleep -Seconds 600 }
   Write-Host "done $($cloudEvent.Id)")ps"),
        4s);
    at.bench.deploy();
    auto const answers =
        at.call_at_once({R"({"throws":1})", R"({"exits":1})", R"({"hangs":1})", "{}"});
    INFO(at.bench.log());
    CHECK(status_of(answers, "a") == 500);
    CHECK(status_of(answers, "b") == 500);
    CHECK(status_of(answers, "c") == 504);
    CHECK(status_of(answers, "d") == 202);
    // Nobody waits for the one that hangs.
    CHECK(answers.back().id == "c");
    CHECK(at.log_of("a").find("Failed: bad a") != std::string::npos);
    CHECK(at.log_of("c").find("the next event is handled") != std::string::npos);
    CHECK(at.log_of("d").find("done d") != std::string::npos);
    CHECK_FALSE(at.bench.logged("ended"));
    CHECK(at.call_at_once({"{}", "{}", "{}", "{}"}).size() == 4);
    CHECK_FALSE(at.bench.logged("killed"));
}

TEST_CASE("One that blocks in .NET is killed; the others are told to come again, uncounted") {
    LanesBench at(
        3, handler_of(R"ps(
   Write-Host "pid $PID"
   if ($data.blocks) { [System.Threading.Thread]::Sleep(600000) }
   if ($data.works) { Start-Sleep -Seconds 600 })ps"),
        5s);
    at.bench.deploy();
    std::vector<LanesBench::Answered> answers;
    at.begin("a", R"({"blocks":1})", answers);
    // They came later, so their limits are not over when that of the first is.
    run_task(at.bench.io, [](LanesBench& of) -> Task<void> {
        CHECK(co_await comes_true([&] { return !of.log_of("a").empty(); }, 10s));
        CHECK(co_await sleep_for(1s));
    }(at));
    at.begin("b", R"({"works":1})", answers);
    at.begin("c", R"({"works":1})", answers);
    at.wait_for(answers, 3);
    INFO(at.bench.log());
    CHECK(at.named("pid").size() == 1);
    CHECK(status_of(answers, "a") == 504);
    for (auto const& [id, answer] : answers) {
        if (id == "a")
            continue;
        CHECK(answer.status == 503);
        CHECK(answer.headers.get("Retry-After") == "1");
        // What the broker takes for no attempt.
        CHECK(answer.body.find("urn:millrace:problem:busy") != std::string::npos);
        CHECK(answer.body.find("Event a in the same worker") != std::string::npos);
        CHECK(at.log_of(id).find("To be delivered again: Event a") != std::string::npos);
    }
    CHECK(at.bench.comes_to_log("The handler took longer than 4.5 s and was killed."));
    CHECK(at.log_of("a").find("and was killed.") != std::string::npos);
    CHECK(integer_at(at.bench.function.describe(), "failures") == 1);
    // They come again, and find another process.
    auto const again = at.call_at_once({"{}", "{}"});
    CHECK(again.size() == 2);
    for (auto const& [id, answer] : again)
        CHECK(answer.status == 202);
    CHECK(at.named("pid").size() == 2);
}

TEST_CASE("A process that one event ends fails all that it has; the next find another") {
    LanesBench at(2, handler_of(R"ps(
   Wait-Others "event-$($cloudEvent.Id)" 2
   if ($data.ends) { [System.Environment]::FailFast('over') }
   Start-Sleep -Seconds 600)ps"));
    at.bench.deploy();
    auto const answers = at.call_at_once({R"({"ends":1})", "{}"});
    INFO(at.bench.log());
    CHECK(status_of(answers, "a") == 500);
    CHECK(status_of(answers, "b") == 500);
    CHECK(at.log_of("b").find("Failed: The worker has ended.") != std::string::npos);
    CHECK(at.bench.comes_to_log("The worker failed in the middle of 2 events"));
}

TEST_CASE("A Process-Init that fails in a later runspace is the function's problem") {
    LanesBench at(3, handler_of("", R"ps(
   $file = New-Item -ItemType File -Path "$env:TMPDIR/$([guid]::NewGuid()).init"
   if (@(Get-ChildItem $env:TMPDIR -Filter '*.init').Count -eq 3) { throw 'no third' })ps"));
    run_task(at.bench.io, at.bench.function.deploy(at.bench.content));
    CHECK(at.bench.function.problem().find("Process-Init failed: no third") != std::string::npos);
}

TEST_CASE("A function with lanes closes: what is under way is answered, Process-Shutdown runs") {
    std::string const closing =
        "Function Process-Shutdown {\n[CmdletBinding()] param()\nWrite-Host \"closed\" }\n";
    LanesBench at(3, handler_of("   Start-Sleep -Milliseconds 300") + closing);
    at.bench.deploy();
    std::vector<LanesBench::Answered> answers;
    for (std::string const id : {"a", "b", "c"})
        at.begin(id, "{}", answers);
    run_task(at.bench.io, at.bench.function.close(10s));
    INFO(at.bench.log());
    REQUIRE(answers.size() == 3);
    for (auto const& [id, answer] : answers)
        CHECK(answer.status == 202);
    std::string const log = at.log_of("");
    std::size_t count = 0;
    for (std::size_t from = 0; (from = log.find("closed\n", from)) != std::string::npos; ++from)
        ++count;
    CHECK(count == 3);
}
