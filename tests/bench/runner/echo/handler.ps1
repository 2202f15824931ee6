# SPDX-License-Identifier: Apache-2.0
# What VEBA's echo does: the cheapest handler that reads its data and says something.
function Process-Init {
    [CmdletBinding()]
    param()
}

function Process-Shutdown {
    [CmdletBinding()]
    param()
}

function Process-Handler {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory = $true)][CloudNative.CloudEvents.CloudEvent]$CloudEvent)

    $data = $CloudEvent | Read-CloudEventJsonData -Depth 10
    Write-Host "$($CloudEvent.Source) $($CloudEvent.Type) $($CloudEvent.Subject) $($CloudEvent.Id)"
    Write-Host "$($data | ConvertTo-Json -Compress)"
}
