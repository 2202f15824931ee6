// SPDX-License-Identifier: Apache-2.0
#include "common/event/http_binding.hpp"
#include "common/net/http_server.hpp"
#include "tests/integration/runner/powershell/powershell_bench.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

std::filesystem::path const recipes =
    std::filesystem::path(MILLRACE_SOURCE_DIR) / "appliance/functions";

/// Keeps what is posted to it.
class Receiver {
public:
    explicit Receiver(asio::any_io_executor executor)
        : server(executor, {}, [this](HttpRequest& request) { return handle(request); }) {
        server.start();
    }
    Task<HttpAnswer> handle(HttpRequest& request) {
        requests.push_back(request);
        co_return json_answer(200, R"({"ok":true})");
    }
    std::vector<HttpRequest> requests;
    HttpServer server;
};

/// Process-Init and Process-Shutdown that do nothing, and this Process-Handler.
std::string handler_of(std::string const& body, std::string const& init = "") {
    return "Function Process-Init {\n   [CmdletBinding()]\n   param()\n" + init +
           "\n}\nFunction Process-Shutdown {\n   [CmdletBinding()]\n   param()\n}\n"
           "Function Process-Handler {\n   [CmdletBinding()]\n   param(\n"
           "      [Parameter(Position=0,Mandatory=$true)]"
           "[CloudNative.CloudEvents.CloudEvent]$CloudEvent\n   )\n" +
           body + "\n}\n";
}

}  // namespace

TEST_CASE("VEBA's echo: attributes, extensions and data are in the log, tied to the event") {
    PowerShellBench bench(handler_of(R"ps(
   Write-Host $(Get-Date) - "  Source: $($cloudEvent.Source)"
   Write-Host "Type: $($cloudEvent.Type) Subject: $($cloudEvent.Subject) Id: $($cloudEvent.Id)"
   Write-Host "Time: $($cloudEvent.Time.ToString('o')) Class: $($cloudEvent.EventClass)"
   Write-Host "DataContentType: $($cloudEvent.DataContentType.MediaType)"
   Write-Host "Names: $(($cloudEvent.GetAttributes().Keys | Sort-Object) -join ',')"
   $cloudEventData = $cloudEvent | Read-CloudEventJsonData -Depth 10
   Write-Host "`n$($cloudEventData | ConvertTo-Json -Compress)"
   Write-Warning "careful"
   "a text"
   [pscustomobject]@{ Name = 'web-01'; State = 'on'
})ps"));
    bench.deploy();
    CHECK(bench.call(R"({"Vm":{"Name":"wéb-01"}})").status == 202);
    for (auto const* text :
         {"  Source: https://vcenter.example.com/sdk",
          "Type: com.vmware.vsphere.VmPoweredOnEvent.v0 Subject: VmPoweredOnEvent Id: 7",
          "Time: 2026-11-22T10:03:53.4728464Z Class: event", "DataContentType: application/json",
          "Names: datacontenttype,eventclass,id,source,specversion,subject,time,type,vmname",
          R"({\"Vm\":{\"Name\":\"wéb-01\"}})", "WARNING: careful", R"("text":"a text")",
          "web-01 on", R"("eventId":"7")"}) {
        INFO(bench.log());
        CHECK(bench.logged(text));
    }
}

TEST_CASE("A Slack-like post: the Secret is one JSON document, and no log shows it") {
    PowerShellBench bench(handler_of(R"ps(
   $jsonSecrets = ${env:SLACK_SECRET} | ConvertFrom-Json
   if (${env:FUNCTION_DEBUG} -eq "true") {
      Write-Host "DEBUG: K8s Secrets:`n${env:SLACK_SECRET}`n"
      Write-Host "DEBUG: $($jsonSecrets.SLACK_WEBHOOK_URL)"
   }
   $data = $cloudEvent | Read-CloudEventJsonData -Depth 10
   $body = @{ text = "VM $($data.Vm.Name)" } | ConvertTo-Json -Depth 5
   Invoke-WebRequest -Uri $(${jsonSecrets}.SLACK_WEBHOOK_URL) -Method POST `
      -ContentType "application/json" -Body $body
   if ($data.bad) { throw "cannot post to $($jsonSecrets.SLACK_WEBHOOK_URL)" })ps"));
    Receiver slack(bench.io.get_executor());
    std::string const url = slack.server.url() + "/services/T0/B0/x1y2z3";
    bench.set_secret("SLACK_SECRET", "{\n  \"SLACK_WEBHOOK_URL\": \"" + url + "\"\n}\n");
    bench.content.environment["FUNCTION_DEBUG"] = Secret("true");
    bench.deploy();
    CHECK(bench.call(R"({"Vm":{"Name":"web-01"}})").status == 202);
    INFO(bench.log());
    REQUIRE(slack.requests.size() == 1);
    CHECK(slack.requests[0].path == "/services/T0/B0/x1y2z3");
    CHECK(slack.requests[0].body.find("VM web-01") != std::string::npos);
    CHECK(bench.logged("DEBUG: K8s Secrets:"));
    CHECK(bench.logged("DEBUG: ***"));
    HttpAnswer const failed = bench.call(R"({"bad":true})");
    CHECK(failed.status == 500);
    CHECK(failed.body.find("cannot post to *** (handler.ps1 line") != std::string::npos);
    CHECK_FALSE(bench.logged("x1y2z3"));
    run_task(bench.io, slack.server.stop(0ns));
}

TEST_CASE("A throw fails the event with message and line, and the next one is handled") {
    PowerShellBench bench(handler_of(R"ps(
   $data = $cloudEvent | Read-CloudEventJsonData
   if ($data.missing) { Get-Something }
   if ($data.stops) { Get-Item /nowhere }
   if ($data.soft) { Write-Error "only said" -ErrorAction Continue }
   if ($data.exit) { exit 3 }
   if ($data.bad) { throw "`nno good" })ps"));
    bench.deploy();
    HttpAnswer const thrown = bench.call(R"({"bad":1})");
    CHECK(thrown.status == 500);
    CHECK(thrown.body.find("no good (handler.ps1 line 21)") != std::string::npos);
    INFO(bench.log());
    CHECK(bench.logged("at Process-Handler, handler.ps1: line 21"));
    CHECK(bench.call(R"({"missing":1})").body.find("Get-Something") != std::string::npos);
    CHECK(bench.call(R"({"stops":1})").body.find("line 18") != std::string::npos);
    CHECK(bench.call(R"({"exit":1})").status == 500);
    CHECK(bench.call(R"({"soft":1})").status == 202);
    CHECK(bench.logged("only said"));
    CHECK(bench.call().status == 202);
    CHECK_FALSE(bench.logged("ended"));
}

TEST_CASE("Data that is no JSON is an error and not silence; every JSON content type is data") {
    PowerShellBench bench(handler_of(R"ps(
   $data = $cloudEvent | Read-CloudEventJsonData -Depth 10
   Write-Host "got $($data.n)")ps"));
    bench.deploy();
    for (auto const* type :
         {"application/json", "application/json; charset=utf-8", "text/json", "application/x+json"})
        CHECK(bench.call(R"({"n":1})", type).status == 202);
    CHECK(bench.call("words", "text/plain").status == 500);
    CHECK(bench.call("", "application/json").status == 500);
    CHECK(bench.call(R"({"n":)", "application/json").status == 500);
    INFO(bench.log());
    CHECK(bench.logged("Cloud Event '7' has no json data: its data is text/plain."));
    CHECK(bench.logged("Cloud Event '7' has no json data: it has no data."));
}

TEST_CASE("10 MB of output: the flood is cut, the event is handled, the worker stays") {
    PowerShellBench bench(handler_of(R"ps(
   $script:calls++
   $line = 'x' * 1000
   foreach ($i in 1..10000) { Write-Host $line }
   Write-Host "done, call $script:calls")ps"));
    bench.deploy();
    CHECK(bench.call().status == 202);
    // Told once its second is over.
    CHECK(bench.comes_to_log("lines were left out"));
    CHECK(bench.logged("done, call 1"));
    CHECK(bench.call().status == 202);
    CHECK(bench.logged("done, call 2"));
}

TEST_CASE("A hanging handler is stopped at its limit without losing what Process-Init left") {
    PowerShellBench bench(
        handler_of(
            R"ps(
   $data = $cloudEvent | Read-CloudEventJsonData
   $script:calls++
   if ($data.hang) { Start-Sleep -Seconds 600 }
   if ($data.spin) { while ($true) { } }
   Write-Host "pid $PID call $script:calls")ps",
            "   $script:calls = 0"),
        2s);
    bench.deploy();
    CHECK(bench.call().status == 202);
    HttpAnswer const hung = bench.call(R"({"hang":1})");
    CHECK(hung.status == 504);
    CHECK(hung.body.find("took too long") != std::string::npos);
    CHECK(bench.call(R"({"spin":1})").status == 504);
    CHECK(bench.call().status == 202);
    INFO(bench.log());
    CHECK(bench.logged("call 4"));
    CHECK(bench.logged("the next event is handled"));
}

TEST_CASE("A handler that cannot be stopped costs the worker, which is replaced") {
    PowerShellBench bench(
        handler_of(
            R"ps(
   $data = $cloudEvent | Read-CloudEventJsonData
   if ($data.hang) { [System.Threading.Thread]::Sleep(600000) }
   Write-Host "pid $PID")ps"),
        2s);
    bench.deploy();
    CHECK(bench.call(R"({"hang":1})").status == 504);
    bool served = false;
    // Busy, or not ready within so short a limit: then the event comes again.
    for (int i = 0; i < 20 && !served; ++i)
        served = bench.call().status == 202;
    INFO(bench.log());
    CHECK(served);
    CHECK(bench.logged("was killed"));
}

TEST_CASE("A connection of Process-Init is there for each event, and Process-Shutdown ends it") {
    std::string const closing =
        "Function Process-Shutdown {\n[CmdletBinding()] param()\n"
        "$script:client.Dispose(); Write-Host \"closed\" }\n";
    PowerShellBench bench(
        handler_of(
            R"ps(
   $answer = $script:client.GetStringAsync($env:TARGET).GetAwaiter().GetResult()
   Write-Host "$($global:greeting) $answer")ps",
            "$script:client = [System.Net.Http.HttpClient]::new(); $global:greeting = 'hello'") +
        closing);
    Receiver target(bench.io.get_executor());
    bench.content.environment["TARGET"] = Secret(target.server.url() + "/");
    bench.deploy();
    CHECK(bench.call().status == 202);
    CHECK(bench.call().status == 202);
    INFO(bench.log());
    CHECK(target.requests.size() == 2);
    CHECK(bench.logged("hello {"));
    run_task(bench.io, bench.function.close(5s));
    CHECK(bench.logged("closed"));
    run_task(bench.io, target.server.stop(0ns));
}

TEST_CASE("An event made and posted with the SDK's cmdlets arrives whole") {
    PowerShellBench bench(handler_of(R"ps(
   Import-Module CloudEvents.Sdk
   $made = New-CloudEvent -Type 'my.event' -Source 'urn:millrace:test' -Id 'a b"c' |
      Set-CloudEventJsonData -Data @{ vm = 'wéb-01'; deep = @{ er = 1 } }
   foreach ($mode in 'Binary', 'Structured') {
      $message = $made | ConvertTo-HttpMessage -ContentMode $mode
      $null = Invoke-WebRequest -Uri $env:TARGET -Method POST `
         -Headers $message.Headers -Body $message.Body
   })ps"));
    Receiver target(bench.io.get_executor());
    bench.content.environment["TARGET"] = Secret(target.server.url() + "/");
    bench.deploy();
    CHECK(bench.call().status == 202);
    INFO(bench.log());
    REQUIRE(target.requests.size() == 2);
    for (HttpRequest const& request : target.requests) {
        auto const events = read_events(request.headers, request.body, 1);
        REQUIRE(events);
        CHECK(events->front().id == "a b\"c");
        CHECK(events->front().type == "my.event");
        CHECK(events->front().datacontenttype == "application/json");
        auto const data = parse_json(events->front().data);
        REQUIRE(data);
        CHECK(string_at(*data, "vm") == "wéb-01");
    }
    run_task(bench.io, target.server.stop(0ns));
}

TEST_CASE("A Process-Init that throws, and code that does not parse, are the function's problem") {
    PowerShellBench bench(handler_of("", "   throw 'vCenter says no'"));
    run_task(bench.io, bench.function.deploy(bench.content));
    CHECK(
        bench.function.problem() ==
        "f-00001 does not load: Process-Init failed: vCenter says no (handler.ps1 line 4).");
    PowerShellBench broken("function Process-Handler {\n  if (\n}\n");
    run_task(broken.io, broken.function.deploy(broken.content));
    INFO(broken.function.problem());
    CHECK(broken.function.problem().find("(handler.ps1 line 2)") != std::string::npos);
    PowerShellBench without("'nothing'\n");
    run_task(without.io, without.function.deploy(without.content));
    CHECK(
        without.function.problem().find("must define a function Process-Handler") !=
        std::string::npos);
}

TEST_CASE("A handler without PowerShell says how to add it") {
    PowerShellBench bench(handler_of(""));
    asio::io_context io;
    Telemetry telemetry;
    AsyncSignal changed(io.get_executor());
    runner::FunctionOptions options;
    options.name = {"default", "g"};
    options.folder = bench.folder.path();
    options.runtimes = powershell_runtime().parent_path();
    runner::Function function(io.get_executor(), options, telemetry, changed);
    run_task(io, function.deploy(bench.content));
    CHECK(function.problem().find("--powershell FILE") != std::string::npos);
    run_task(io, function.close(0ns));
}

TEST_CASE("Recipes: echo shows attributes and data, also those that are no JSON") {
    PowerShellBench bench("");
    bench.content.code_folder = recipes / "echo-powershell";
    bench.deploy();
    CHECK(bench.call(R"({"Vm":{"Name":"web-01"}})").status == 202);
    CHECK(bench.call("some words", "text/plain").status == 202);
    INFO(bench.log());
    for (auto const* text :
         {"vmname: web-01", "time: 2026-11-22T10:03:53.4728464Z", "subject: VmPoweredOnEvent",
          R"(data: {\"Vm\":{\"Name\":\"web-01\"}})", "data: some words"})
        CHECK(bench.logged(text));
}

TEST_CASE("Recipes: slack-powershell posts its message, and says what its Secret lacks") {
    PowerShellBench bench("");
    bench.content.code_folder = recipes / "slack-powershell";
    run_task(bench.io, bench.function.deploy(bench.content));
    CHECK(bench.function.problem().find("The secret has no SLACK_SECRET") != std::string::npos);
    Receiver slack(bench.io.get_executor());
    bench.set_secret("SLACK_SECRET", R"({"SLACK_WEBHOOK_URL":")" + slack.server.url() + "/x\"}");
    bench.deploy();
    CHECK(bench.call(R"({"UserName":"alice","Vm":{"Name":"web-01"}})").status == 202);
    INFO(bench.log());
    REQUIRE(slack.requests.size() == 1);
    for (auto const* text : {"web-01", "alice", "2026-11-22 10:03:53Z", "VmPoweredOnEvent"})
        CHECK(slack.requests[0].body.find(text) != std::string::npos);
    run_task(bench.io, slack.server.stop(0ns));
}
