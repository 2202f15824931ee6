# SPDX-License-Identifier: Apache-2.0
# What nearly every handler does. It is run once, when the runtime is installed: the next workers
# find compiled what it needs.
function Process-Init {
    [CmdletBinding()]
    param()
    $script:handled = 0
}

function Process-Shutdown {
    [CmdletBinding()]
    param()
}

function Process-Handler {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory = $true)][CloudNative.CloudEvents.CloudEvent]$CloudEvent)

    Write-Host "$(Get-Date) - $($CloudEvent.Source) $($CloudEvent.Type) $($CloudEvent.Subject) $($CloudEvent.VmName)"
    foreach ($attribute in $CloudEvent.GetAttributes().GetEnumerator() | Sort-Object Key) {
        Write-Host "$($attribute.Key): $($attribute.Value)"
    }
    $data = $CloudEvent | Read-CloudEventJsonData -Depth 10
    $secret = '{"URL":"https://example.com"}' | ConvertFrom-Json
    Write-Host "$($data.Vm.Name) $($secret.URL) $($data | ConvertTo-Json -Depth 10)"
    $script:handled++
}
