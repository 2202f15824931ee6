# SPDX-License-Identifier: Apache-2.0
# In a worker the type is there already; by itself, in any pwsh, the module compiles it.
if (-not ('CloudNative.CloudEvents.CloudEvent' -as [type])) {
    & (Join-Path $PSScriptRoot 'compile.ps1')
}
Import-Module -Assembly ([CloudNative.CloudEvents.CloudEvent].Assembly)
