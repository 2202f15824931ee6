// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using CloudNative.CloudEvents;

namespace Millrace
{
    /// <summary>What a handler finds in its runspace.</summary>
    internal static class Session
    {
        public const string OutLog = "Out-MillraceLog";

        public static InitialSessionState State(LaneLog log)
        {
            InitialSessionState state = InitialSessionState.CreateDefault2();
            // The cmdlets are there without Import-Module, which finds the module all the same.
            Add(state, "New-CloudEvent", typeof(NewCloudEventCommand));
            Add(state, "Set-CloudEventData", typeof(SetCloudEventDataCommand));
            Add(state, "Set-CloudEventJsonData", typeof(SetCloudEventJsonDataCommand));
            Add(state, "Set-CloudEventXmlData", typeof(SetCloudEventXmlDataCommand));
            Add(state, "Read-CloudEventData", typeof(ReadCloudEventDataCommand));
            Add(state, "Read-CloudEventJsonData", typeof(ReadCloudEventJsonDataCommand));
            Add(state, "Read-CloudEventXmlData", typeof(ReadCloudEventXmlDataCommand));
            Add(state, "ConvertTo-HttpMessage", typeof(ConvertToHttpMessageCommand));
            Add(state, "ConvertFrom-HttpMessage", typeof(ConvertFromHttpMessageCommand));
            Add(state, OutLog, typeof(OutLogCommand));
            state.Variables.Add(new SessionStateVariableEntry(
                "ProgressPreference", ActionPreference.SilentlyContinue, "No progress bars in a log."));
            state.Variables.Add(new SessionStateVariableEntry(
                OutLogCommand.LogVariable, log, "", ScopedItemOptions.Constant | ScopedItemOptions.Private));
            return state;
        }

        private static void Add(InitialSessionState state, string name, System.Type type) =>
            state.Commands.Add(new SessionStateCmdletEntry(name, type, null));
    }

    /// <summary>
    /// The end of a handler's pipeline: texts and errors go to the log as they come, what else there
    /// is as Out-String shows it.
    /// </summary>
    [Cmdlet("Out", "MillraceLog")]
    public sealed class OutLogCommand : PSCmdlet
    {
        internal const string LogVariable = "MillraceLaneLog";

        private LaneLog log;
        private SteppablePipeline formatting;

        [Parameter(ValueFromPipeline = true), AllowNull] public PSObject InputObject { get; set; }

        protected override void BeginProcessing() =>
            log = (LaneLog)((PSObject)PSObject.AsPSObject(GetVariableValue(LogVariable))).BaseObject;

        protected override void ProcessRecord()
        {
            switch (InputObject?.BaseObject)
            {
                case null:
                    break;
                case string text:
                    EndFormatting();
                    log.WriteLine(false, text);
                    break;
                case ErrorRecord record:
                    EndFormatting();
                    log.WriteLine(true, ErrorText.Whole(record));
                    break;
                default:
                    Format();
                    break;
            }
        }

        protected override void EndProcessing() => EndFormatting();

        private void Format()
        {
            if (formatting == null)
            {
                formatting = ScriptBlock.Create("Microsoft.PowerShell.Utility\\Out-String -Stream").GetSteppablePipeline();
                formatting.Begin(true);
            }
            Show(formatting.Process(InputObject));
        }

        private void EndFormatting()
        {
            if (formatting == null)
                return;
            Show(formatting.End());
            formatting.Dispose();
            formatting = null;
        }

        private void Show(System.Array lines)
        {
            foreach (object line in lines)
                log.WriteLine(false, line?.ToString() ?? "");
        }
    }
}
