# SPDX-License-Identifier: Apache-2.0
# Prints each event: the attributes first, then the data.

# Once, before the first event: connect, import modules. What it leaves in script scope stays.
function Process-Init {
    [CmdletBinding()]
    param()
}

# Once, at the end.
function Process-Shutdown {
    [CmdletBinding()]
    param()
}

# For each event. What it prints is the log; a throw fails the event, and it comes again.
function Process-Handler {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory = $true)][CloudNative.CloudEvents.CloudEvent]$CloudEvent)

    foreach ($attribute in $CloudEvent.GetAttributes().GetEnumerator() | Sort-Object -Property Key) {
        $value = $attribute.Value -is [datetime] ? $attribute.Value.ToString('o') : $attribute.Value
        Write-Host "$($attribute.Key): $value"
    }
    # Data that is no JSON is shown as it is.
    $data = $CloudEvent | Read-CloudEventJsonData -Depth 20 -ErrorAction SilentlyContinue
    if ($null -eq $data) {
        Write-Host "data: $([System.Text.Encoding]::UTF8.GetString(($CloudEvent | Read-CloudEventData)))"
    } else {
        Write-Host "data: $($data | ConvertTo-Json -Depth 20 -Compress)"
    }
}
