# SPDX-License-Identifier: Apache-2.0
# Compiles the event type, its cmdlets and the worker into one assembly, once for a PowerShell:
# with the compiler loaded at each start a worker would need 0.4 s and 40 MiB more.
param([Parameter(Mandatory)][string]$OutputAssembly)

$ErrorActionPreference = 'Stop'
$source = Get-ChildItem -Path (Join-Path $PSScriptRoot 'worker') -Filter '*.cs' | ForEach-Object FullName
& (Join-Path $PSScriptRoot 'CloudEvents.Sdk/compile.ps1') -OutputAssembly $OutputAssembly -Source $source
