// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Newtonsoft.Json.Linq;

namespace CloudNative.CloudEvents
{
    /// <summary>CloudEvents HTTP binding 1.0, section 3: where an event stands in a message.</summary>
    public enum ContentMode { Structured, Binary }

    /// <summary>
    /// An object with Headers (hashtable) and Body (byte[]): what Invoke-WebRequest takes.
    /// </summary>
    [Cmdlet(VerbsData.ConvertTo, "HttpMessage")]
    [OutputType(typeof(PSObject))]
    public sealed class ConvertToHttpMessageCommand : EventCmdlet
    {
        [Parameter(Mandatory = true)] public ContentMode ContentMode { get; set; }

        protected override void ProcessRecord()
        {
            var headers = new Hashtable(StringComparer.OrdinalIgnoreCase);
            byte[] body = ContentMode == ContentMode.Binary ? Binary(headers) : Structured(headers);
            var message = new PSObject();
            message.Properties.Add(new PSNoteProperty("Headers", headers));
            message.Properties.Add(new PSNoteProperty("Body", body));
            WriteObject(message);
        }

        private byte[] Binary(Hashtable headers)
        {
            foreach (KeyValuePair<string, object> attribute in CloudEvent.GetAttributes())
            {
                string text = CloudEvent.ToText(attribute.Value);
                if (attribute.Key == "datacontenttype")
                    headers["Content-Type"] = text;
                else
                    headers["ce-" + attribute.Key.ToLowerInvariant()] = Encoded(text);
            }
            return EventData.Bytes(CloudEvent.Data);
        }

        /// <summary>Section 3.1.3.2: what is not printable ASCII, and quote and percent, in percent.</summary>
        private static string Encoded(string text)
        {
            if (text.All(c => c > ' ' && c < '\x7f' && c != '"' && c != '%'))
                return text;
            var encoded = new StringBuilder();
            foreach (byte b in Encoding.UTF8.GetBytes(text))
                if (b > ' ' && b < 0x7f && b != '"' && b != '%')
                    encoded.Append((char)b);
                else
                    encoded.Append('%').Append(b.ToString("X2"));
            return encoded.ToString();
        }

        private byte[] Structured(Hashtable headers)
        {
            headers["Content-Type"] = "application/cloudevents+json";
            using var to = new MemoryStream();
            using (var json = new Utf8JsonWriter(to))
            {
                json.WriteStartObject();
                foreach (KeyValuePair<string, object> attribute in CloudEvent.GetAttributes())
                    WriteAttribute(json, attribute.Key.ToLowerInvariant(), attribute.Value);
                WriteData(json);
                json.WriteEndObject();
            }
            return to.ToArray();
        }

        private static void WriteAttribute(Utf8JsonWriter json, string name, object value)
        {
            if (value is bool truth)
                json.WriteBoolean(name, truth);
            else if (value is int number)
                json.WriteNumber(name, number);
            else
                json.WriteString(name, CloudEvent.ToText(value));
        }

        private void WriteData(Utf8JsonWriter json)
        {
            if (CloudEvent.Data == null)
                return;
            byte[] bytes = EventData.Bytes(CloudEvent.Data);
            bool saysJson = CloudEvent.DataContentType == null || EventData.IsJson(CloudEvent.DataContentType);
            if (saysJson && IsJson(bytes))
            {
                json.WritePropertyName("data");
                json.WriteRawValue(bytes);
            }
            else if (CloudEvent.Data is byte[])
            {
                json.WriteBase64String("data_base64", bytes);
            }
            else
            {
                json.WriteString("data", bytes);
            }
        }

        private static bool IsJson(byte[] bytes)
        {
            try
            {
                var reader = new Utf8JsonReader(bytes);
                while (reader.Read())
                    reader.TrySkip();
                return bytes.Length > 0;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }

    /// <summary>The event of a message; nothing where it is none.</summary>
    [Cmdlet(VerbsData.ConvertFrom, "HttpMessage")]
    [OutputType(typeof(CloudEvent))]
    public sealed class ConvertFromHttpMessageCommand : PSCmdlet
    {
        [Parameter(Mandatory = true), ValidateNotNull] public IDictionary Headers { get; set; }

        /// <summary>byte[], or a text.</summary>
        [Parameter, AllowNull] public object Body { get; set; }

        protected override void ProcessRecord()
        {
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (DictionaryEntry header in Headers)
                headers[header.Key.ToString()] = HeaderText(header.Value);
            headers.TryGetValue("Content-Type", out string contentType);
            string mediaType = (contentType ?? "").Split(';', ',')[0].Trim();
            if (mediaType.Equals("application/cloudevents+json", StringComparison.OrdinalIgnoreCase))
                WriteObject(Structured(EventData.Text(Body)));
            else if (mediaType.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase))
                Refuse($"Unsupported CloudEvents encoding: {mediaType}.");
            else if (headers.ContainsKey("ce-specversion"))
                WriteObject(Binary(headers, contentType));
        }

        private static string HeaderText(object value)
        {
            if (value is PSObject wrapped)
                value = wrapped.BaseObject;
            if (value is string || !(value is IEnumerable list))
                return Convert.ToString(value);
            return string.Join("; ", list.Cast<object>().Select(part => part.ToString()));
        }

        private CloudEvent Binary(Dictionary<string, string> headers, string contentType)
        {
            if (headers.ContainsKey("ce-datacontenttype"))
                Refuse("A message in the binary mode says its data's type in Content-Type; "
                       + "ce-datacontenttype is not allowed.");
            var attributes = new Dictionary<string, object>();
            foreach (KeyValuePair<string, string> header in headers)
                if (header.Key.StartsWith("ce-", StringComparison.OrdinalIgnoreCase))
                {
                    string name = header.Key.Substring(3).ToLowerInvariant();
                    attributes[name] = CloudEvent.Attribute(name, Uri.UnescapeDataString(header.Value));
                }
            if (!string.IsNullOrEmpty(contentType))
                attributes["datacontenttype"] = CloudEvent.Attribute("datacontenttype", contentType);
            return new CloudEvent(attributes, EventData.Bytes(Body));
        }

        private CloudEvent Structured(string text)
        {
            JObject json = null;
            try
            {
                // Dates stay as they are written.
                using var reader = new Newtonsoft.Json.JsonTextReader(new StringReader(text))
                { DateParseHandling = Newtonsoft.Json.DateParseHandling.None };
                json = JObject.Load(reader);
            }
            catch (Newtonsoft.Json.JsonException fault)
            {
                Refuse("The body is no CloudEvent in JSON: " + fault.Message);
            }
            var attributes = new Dictionary<string, object>();
            object data = null;
            foreach (JProperty member in json.Properties())
                if (member.Name == "data")
                    data = member.Value.Type == JTokenType.String ? (string)member.Value : member.Value;
                else if (member.Name == "data_base64")
                    data = Convert.FromBase64String((string)member.Value);
                else if (member.Value is JValue value && value.Type == JTokenType.String)
                    attributes[member.Name] = CloudEvent.Attribute(member.Name, (string)value);
                else if (member.Value is JValue other && other.Value != null)
                    attributes[member.Name] = other.Value;
            return new CloudEvent(attributes, data);
        }

        private void Refuse(string why) => ThrowTerminatingError(new ErrorRecord(
            new ArgumentException(why), "NoCloudEvent", ErrorCategory.InvalidData, Headers));
    }
}
