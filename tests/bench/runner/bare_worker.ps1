# SPDX-License-Identifier: Apache-2.0
# What no worker in pwsh can be much cheaper than: the handler in the session itself, an event a
# line on standard input, and a line back when it is handled. No stop, no log of an event's own.
param([Parameter(Mandatory)][string]$Assembly, [Parameter(Mandatory)][string]$Handler)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module -Assembly ([System.Reflection.Assembly]::LoadFrom($Assembly))
. $Handler
Process-Init -ErrorAction Stop
$from = [System.IO.StreamReader]::new([Console]::OpenStandardInput())
while ($null -ne ($line = $from.ReadLine())) {
    $fields = ConvertFrom-Json $line -AsHashtable
    $cloudEvent = [CloudNative.CloudEvents.CloudEvent]::new($fields.type, [uri]$fields.source, $fields.id)
    $cloudEvent.Subject = $fields.subject
    $cloudEvent.Data = $fields.data
    Process-Handler -CloudEvent $cloudEvent -ErrorAction Stop
    [Console]::Out.WriteLine('handled')
}
