# SPDX-License-Identifier: Apache-2.0
@{
    RootModule = 'CloudEvents.Sdk.psm1'
    # Newer than the last of the CloudEvents project, which this stands in for.
    ModuleVersion = '1.0.0'
    GUID = '5d6a36b7-8a3e-4c0e-9b57-0d0f2a6f5c11'
    Author = 'Millrace'
    Copyright = 'Licensed under Apache-2.0'
    Description = 'Makes, reads and sends CloudEvents, as the handlers of VMware Event Broker functions do.'
    PowerShellVersion = '7.4'
    FunctionsToExport = @()
    AliasesToExport = @()
    VariablesToExport = @()
    CmdletsToExport = @(
        'New-CloudEvent', 'Set-CloudEventData', 'Set-CloudEventJsonData', 'Set-CloudEventXmlData',
        'Read-CloudEventData', 'Read-CloudEventJsonData', 'Read-CloudEventXmlData',
        'ConvertTo-HttpMessage', 'ConvertFrom-HttpMessage')
}
