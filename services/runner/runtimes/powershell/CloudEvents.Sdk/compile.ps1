# SPDX-License-Identifier: Apache-2.0
# Compiles the type and the cmdlets: into the session, or into a file that Add-Type -Path loads.
# -Source: more source files, for the same assembly.
param([string]$OutputAssembly, [string[]]$Source = @())

# Beside what Add-Type knows by itself: it forgets that once it is given a list.
$references = @(Get-ChildItem -Path (Join-Path $PSHOME 'ref') -Filter '*.dll' | ForEach-Object FullName)
foreach ($name in 'System.Management.Automation', 'Microsoft.PowerShell.Commands.Utility', 'Newtonsoft.Json') {
    $references += Join-Path $PSHOME "$name.dll"
}
$compilation = @{
    Path = @(Get-ChildItem -Path $PSScriptRoot -Filter '*.cs' | ForEach-Object FullName) + $Source
    ReferencedAssemblies = $references
    # CS1701: Newtonsoft.Json was built for an older .NET, which does no harm.
    CompilerOptions = '-optimize+', '-nowarn:CS1701'
}
if ($OutputAssembly) { $compilation.OutputAssembly = $OutputAssembly }
Add-Type @compilation
