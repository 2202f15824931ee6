// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace millrace::runner {

/// Run by the PowerShell that the modules are for: puts what $env:MODULES has (an archive, or a
/// folder of .nupkg) into the folder $env:INTO, so that PSModulePath finds it; without $env:MODULES
/// only unpacks the .nupkg that are there. A .nupkg, as the PowerShell Gallery hands modules out,
/// has one module without a folder of its own: its .nuspec says what it is called.
inline constexpr char const* unpack_modules_script = R"ps1(
$ErrorActionPreference = 'Stop'
function Expand-Package([string]$File) {
    $archive = [IO.Compression.ZipFile]::OpenRead($File)
    try {
        $nuspec = $archive.Entries | Where-Object FullName -Match '^[^/]+\.nuspec$' |
            Select-Object -First 1
        if (-not $nuspec) { throw "$(Split-Path -Leaf $File) has no .nuspec" }
        $reader = [IO.StreamReader]::new($nuspec.Open())
        try { $name = ([xml]$reader.ReadToEnd()).package.metadata.id } finally { $reader.Dispose() }
        if ($name -notmatch '^\w[\w.-]*$') {
            throw "the module in $(Split-Path -Leaf $File) has no usable name"
        }
        $place = Join-Path $env:INTO $name
        if (Test-Path $place) { throw "$name is there twice" }
        [IO.Compression.ZipFileExtensions]::ExtractToDirectory($archive, $place)
    } finally { $archive.Dispose() }
}
if ($env:MODULES -and (Test-Path -PathType Container $env:MODULES)) {
    Get-ChildItem -File -Path $env:MODULES | ForEach-Object { Expand-Package $_.FullName }
} elseif ($env:MODULES -like '*.nupkg') {
    Expand-Package $env:MODULES
} elseif ($env:MODULES) {
    [IO.Compression.ZipFile]::ExtractToDirectory($env:MODULES, $env:INTO)
}
Get-ChildItem -File -Path $env:INTO -Filter *.nupkg | ForEach-Object {
    Expand-Package $_.FullName
    Remove-Item $_.FullName
}
)ps1";

}  // namespace millrace::runner
