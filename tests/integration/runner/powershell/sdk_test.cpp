// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "common/process/run_to_end.hpp"
#include "runner/powershell/powershell_environment.hpp"
#include "tests/integration/runner/powershell/powershell_bench.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// What a bare pwsh prints that imports the module, as an administrator does at home.
std::string printed_by(std::string const& script) {
    TemporaryFolder folder;
    std::ofstream(folder.path() / "script.ps1")
        << "Import-Module '" << (powershell_runtime() / "CloudEvents.Sdk").string() << "'\n"
        << script;
    ChildCommand command;
    command.arguments = {
        installed_powershell().program.string(), "-NoProfile", "-File",
        (folder.path() / "script.ps1").string()};
    command.environment.emplace();
    for (auto const& [name, value] : runner::powershell_basics(installed_powershell().has_icu))
        (*command.environment)[name] = Secret(value);
    (*command.environment)["HOME"] = Secret(folder.path().string());
    auto const end = run_to_end(std::move(command), 60s);
    REQUIRE(end);
    return end->output;
}

}  // namespace

TEST_CASE("CloudEvents.Sdk: imported by itself it brings the type and its nine cmdlets") {
    std::string const printed = printed_by(R"ps(
"$((Get-Command -Module CloudEvents.Sdk).Count) cmdlets"
$time = [datetime]'2021-01-18T12:30:23Z'
$event = New-CloudEvent -Type my.type -Source urn:x -Id 1 -Time $time
"$($event.GetType().FullName) $($event.Id) $($event.Type) $($event.Source) $($event.SpecVersion)"
"$($event.Time.ToUniversalTime().ToString('s')) none: [$($event.Nothing)]"
"$([CloudNative.CloudEvents.CloudEvent]::new('a', [uri]'urn:x').Type) $(
    (New-Object CloudNative.CloudEvents.CloudEvent 'b', ([uri]'urn:x'), '2', $time, @()).Id)"
)ps");
    CHECK(
        printed ==
        "9 cmdlets\nCloudNative.CloudEvents.CloudEvent 1 my.type urn:x V1_0\n"
        "2021-01-18T12:30:23 none: []\na 2\n");
}

TEST_CASE("CloudEvents.Sdk: JSON data is a hashtable; deeper data and other types are errors") {
    std::string const printed = printed_by(R"ps(
$event = New-CloudEvent -Type t -Source urn:x -Id 1 |
    Set-CloudEventJsonData -Data @{ a = @{ b = @{ c = 1 } } }
$data = $event | Read-CloudEventJsonData
"$($data -is [hashtable]) $($data.a.b.c) $($event.DataContentType)"
try { $event | Read-CloudEventJsonData -Depth 1; 'not deep' } catch { 'too deep' }
$event = $event | Set-CloudEventData -Data 'words' -DataContentType 'text/plain'
$got = $event | Read-CloudEventJsonData -ErrorAction SilentlyContinue -ErrorVariable failed
"[$got] $($failed.Count) $failed"
"$($event | Read-CloudEventData)"
try { $event | Read-CloudEventJsonData -ErrorAction Stop; 'silent' } catch { 'stopped' }
)ps");
    CHECK(
        printed ==
        "True 1 application/json\ntoo deep\n"
        "[] 1 Cloud Event '1' has no json data: its data is text/plain.\nwords\nstopped\n");
}

TEST_CASE("CloudEvents.Sdk: XML data in its three modes, both ways, and no document type") {
    std::string const printed = printed_by(R"ps(
$event = New-CloudEvent -Type t -Source urn:x -Id 1 | Set-CloudEventData `
    -Data "<a><b k='v'>w</b><c>1</c><c>2</c></a>" -DataContentType 'application/xml'
$a = ($event | Read-CloudEventXmlData -ConvertMode SkipAttributes).a
"$($a.b) $($a.c -join '+')"
$a = ($event | Read-CloudEventXmlData -ConvertMode AlwaysAttrValue).a.Value
"$($a.b.Attributes.k) $($a.b.Value) $($null -eq $a.c[0].Attributes) $($a.c[1].Value)"
$a = ($event | Read-CloudEventXmlData -ConvertMode AttrValueWhenAttributes).a
"$($a.b.Attributes.k) $($a.b.Value) $($a.c -join '+')"
$value = @{ root = @{ Attributes = @{ att1 = 'true' }; Value = 'val-1' } }
($event | Set-CloudEventXmlData -Data $value -AttributesKeysInElementAttributes $true).Data
$value = @{ a = @{ b = 1 } }
($event | Set-CloudEventXmlData -Data $value -AttributesKeysInElementAttributes $false).Data
$value = @{ a = 1; b = 2 }
try { $event | Set-CloudEventXmlData -Data $value -AttributesKeysInElementAttributes $false }
catch { "$_" }
$event = $event | Set-CloudEventData -DataContentType 'text/xml' `
    -Data '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
try { $event | Read-CloudEventXmlData -ConvertMode SkipAttributes } catch { 'refused' }
)ps");
    CHECK(
        printed ==
        "w 1+2\nv w True 2\nv w 1+2\n<root att1=\"true\">val-1</root>\n<a><b>1</b></a>\n"
        "Input Hashtable must have single root key, not 2.\nrefused\n");
}

TEST_CASE("CloudEvents.Sdk: HTTP messages of both modes, and what is none") {
    std::string const printed = printed_by(R"ps(
$event = New-CloudEvent -Type t -Source urn:x -Id 1 | Set-CloudEventJsonData -Data @{ a = 1 }
foreach ($mode in 'Binary', 'Structured') {
    $message = $event | ConvertTo-HttpMessage -ContentMode $mode
    $back = ConvertFrom-HttpMessage -Headers $message.Headers -Body $message.Body
    $headers = "$($message.Headers['Content-Type']) [$($message.Headers['ce-id'])]"
    "$($message.Body -is [byte[]]) $headers $($back.Id) $(($back | Read-CloudEventJsonData).a)"
}
$headers = @{ 'Content-Type' = 'application/json', 'charset=utf-8'; 'ce-specversion' = '1.0'
    'ce-type' = 't'; 'ce-source' = 'urn:x' }
$back = ConvertFrom-HttpMessage -Headers $headers -Body ([byte[]](123, 125))
"$($back.Type) $($back.Data -is [byte[]])"
$none = ConvertFrom-HttpMessage -Headers @{ 'Content-Type' = 'text/plain' } -Body 'x'
"none: $($null -eq $none)"
foreach ($headers in @{ 'Content-Type' = 'application/cloudevents-batch+json' },
    @{ 'ce-specversion' = '1.0'; 'ce-datacontenttype' = 'text/plain' }) {
    try { ConvertFrom-HttpMessage -Headers $headers -Body '[]'; 'taken' } catch { 'refused' }
}
)ps");
    CHECK(
        printed ==
        "True application/json [1] 1 1\nTrue application/cloudevents+json [] 1 1\n"
        "t True\nnone: True\nrefused\nrefused\n");
}
