# SPDX-License-Identifier: Apache-2.0
# Posts a message to Slack for each event.

function Process-Init {
    [CmdletBinding()]
    param()

    if (-not $env:SLACK_SECRET) {
        throw 'The secret has no SLACK_SECRET; set it in the Configuration tab'
    }
    try {
        $script:secret = $env:SLACK_SECRET | ConvertFrom-Json
    } catch {
        throw 'SLACK_SECRET is no JSON; it must be {"SLACK_WEBHOOK_URL": "https://..."}'
    }
    if (-not $script:secret.SLACK_WEBHOOK_URL) {
        throw 'SLACK_SECRET has no SLACK_WEBHOOK_URL'
    }
}

function Process-Shutdown {
    [CmdletBinding()]
    param()
}

function Process-Handler {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory = $true)][CloudNative.CloudEvents.CloudEvent]$CloudEvent)

    $data = $CloudEvent | Read-CloudEventJsonData -Depth 20
    $fields = @(
        @{ title = 'VM'; value = "$($data.Vm.Name)"; short = $true }
        @{ title = 'User'; value = "$($data.UserName)"; short = $true }
        @{ title = 'Time'; value = "$($CloudEvent.Time.ToString('u'))"; short = $true }
    )
    $message = @{ attachments = @(@{ pretext = "$($CloudEvent.Subject)"; fields = $fields }) }
    $body = $message | ConvertTo-Json -Depth 5
    if ($env:FUNCTION_DEBUG -eq 'true') {
        Write-Host "DEBUG: $body"
    }
    $request = @{
        Uri = $script:secret.SLACK_WEBHOOK_URL
        Method = 'Post'
        ContentType = 'application/json; charset=utf-8'
        Body = $body
        TimeoutSec = 10
    }
    $answer = Invoke-WebRequest @request
    Write-Host "Sent; Slack answered $($answer.StatusCode)."
}
