// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections;
using System.Management.Automation;
using System.Net.Mime;
using System.Text;
using Microsoft.PowerShell.Commands;

namespace CloudNative.CloudEvents
{
    /// <summary>What several cmdlets know of an event's data.</summary>
    internal static class EventData
    {
        // Where data is written out: deeper than any event, and a bound.
        private const int DepthMost = 100;

        /// <summary>RFC 6839: application/json, text/json and all that ends with +json.</summary>
        public static bool IsJson(ContentType type) =>
            type != null && (Is(type, "application/json") || Is(type, "text/json") ||
                             type.MediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

        /// <summary>RFC 7303: application/xml, text/xml and all that ends with +xml.</summary>
        public static bool IsXml(ContentType type) =>
            type != null && (Is(type, "application/xml") || Is(type, "text/xml") ||
                             type.MediaType.EndsWith("+xml", StringComparison.OrdinalIgnoreCase));

        private static bool Is(ContentType type, string name) =>
            string.Equals(type.MediaType, name, StringComparison.OrdinalIgnoreCase);

        /// <summary>The data as text, without a byte order mark; empty where there is none.</summary>
        public static string Text(object data)
        {
            if (data is PSObject wrapped)
                data = wrapped.BaseObject;
            string text = data is byte[] bytes ? Encoding.UTF8.GetString(bytes) : data?.ToString() ?? "";
            return text.StartsWith('\uFEFF') ? text.Substring(1) : text;
        }

        /// <summary>What is sent: bytes as they are, a text as UTF-8, anything else as JSON.</summary>
        public static byte[] Bytes(object data)
        {
            if (data is PSObject wrapped)
                data = wrapped.BaseObject;
            if (data == null)
                return Array.Empty<byte>();
            if (data is byte[] bytes)
                return bytes;
            bool isText = data is string || data is Newtonsoft.Json.Linq.JToken ||
                          data is System.Xml.XmlNode;
            string text = data is System.Xml.XmlNode node ? node.OuterXml
                          : isText ? data.ToString()
                          : JsonObject.ConvertToJson(
                                data, new JsonObject.ConvertToJsonContext(DepthMost, false, true));
            return Encoding.UTF8.GetBytes(text);
        }

        public static ErrorRecord Error(CloudEvent about, string what, string id)
        {
            string type = about.DataContentType?.ToString();
            string why = Text(about.Data).Length == 0 ? "it has no data"
                         : type == null ? "its data is something else"
                         : "its data is " + type;
            return new ErrorRecord(
                new InvalidOperationException($"Cloud Event '{about.Id}' has no {what} data: {why}."),
                id, ErrorCategory.InvalidData, about);
        }
    }

    /// <summary>A cmdlet that is given an event through the pipeline.</summary>
    public abstract class EventCmdlet : PSCmdlet
    {
        [Parameter(Mandatory = true, ValueFromPipeline = true)]
        [ValidateNotNull]
        public CloudEvent CloudEvent { get; set; }
    }

    [Cmdlet(VerbsCommon.New, "CloudEvent")]
    [OutputType(typeof(CloudEvent))]
    public sealed class NewCloudEventCommand : PSCmdlet
    {
        [Parameter(Mandatory = true), ValidateNotNullOrEmpty] public string Type { get; set; }
        [Parameter(Mandatory = true), ValidateNotNull] public Uri Source { get; set; }
        [Parameter(Mandatory = true), ValidateNotNullOrEmpty] public string Id { get; set; }
        [Parameter] public DateTime Time { get; set; }

        protected override void ProcessRecord()
        {
            bool hasTime = MyInvocation.BoundParameters.ContainsKey(nameof(Time));
            WriteObject(new CloudEvent(Type, Source, Id, hasTime ? Time : (DateTime?)null));
        }
    }

    [Cmdlet(VerbsCommon.Set, "CloudEventData")]
    [OutputType(typeof(CloudEvent))]
    public sealed class SetCloudEventDataCommand : EventCmdlet
    {
        [Parameter(Mandatory = true), ValidateNotNull] public object Data { get; set; }
        [Parameter] public string DataContentType { get; set; }

        protected override void ProcessRecord()
        {
            CloudEvent.Data = Data is PSObject wrapped ? wrapped.BaseObject : Data;
            CloudEvent.DataContentType =
                string.IsNullOrEmpty(DataContentType) ? null : new ContentType(DataContentType);
            WriteObject(CloudEvent);
        }
    }

    [Cmdlet(VerbsCommunications.Read, "CloudEventData")]
    public sealed class ReadCloudEventDataCommand : EventCmdlet
    {
        protected override void ProcessRecord() => WriteObject(CloudEvent.Data, true);
    }

    [Cmdlet(VerbsCommon.Set, "CloudEventJsonData")]
    [OutputType(typeof(CloudEvent))]
    public sealed class SetCloudEventJsonDataCommand : EventCmdlet
    {
        [Parameter(Mandatory = true), ValidateNotNull] public Hashtable Data { get; set; }
        [Parameter, ValidateRange(0, 100)] public int Depth { get; set; } = 3;

        protected override void ProcessRecord()
        {
            // Given the cmdlet, it warns of what is deeper.
            var context = new JsonObject.ConvertToJsonContext(
                Depth, false, true, Newtonsoft.Json.StringEscapeHandling.Default, this, default);
            CloudEvent.Data = JsonObject.ConvertToJson(Data, context);
            CloudEvent.DataContentType = new ContentType("application/json");
            WriteObject(CloudEvent);
        }
    }

    /// <summary>
    /// A hashtable. Where the data is no JSON, or there is none: an error that ends nothing by
    /// itself, but the event where the caller's ErrorAction is Stop, as a handler's is.
    /// </summary>
    [Cmdlet(VerbsCommunications.Read, "CloudEventJsonData")]
    [OutputType(typeof(Hashtable))]
    public sealed class ReadCloudEventJsonDataCommand : EventCmdlet
    {
        [Parameter, ValidateRange(1, 1024)] public int Depth { get; set; } = 3;

        protected override void ProcessRecord()
        {
            string text = EventData.Text(CloudEvent.Data);
            // Without a type it is JSON (CloudEvents 1.0, JSON format 3.1).
            bool saysJson = CloudEvent.DataContentType == null || EventData.IsJson(CloudEvent.DataContentType);
            if (!saysJson || string.IsNullOrWhiteSpace(text))
            {
                WriteError(EventData.Error(CloudEvent, "json", "NoJsonData"));
                return;
            }
            object data = null;
            try
            {
                data = JsonObject.ConvertFromJson(text, true, Depth, out ErrorRecord error);
                if (error != null)
                    ThrowTerminatingError(error);
            }
            catch (ArgumentException fault)
            {
                string what = $"Cloud Event '{CloudEvent.Id}' has no json data: {fault.Message}";
                ThrowTerminatingError(new ErrorRecord(
                    new ArgumentException(what, fault), "NoJsonData", ErrorCategory.InvalidData, CloudEvent));
            }
            WriteObject(data, true);
        }
    }
}
