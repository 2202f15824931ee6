// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Dynamic;
using System.Net.Mime;

namespace CloudNative.CloudEvents
{
    /// <summary>The versions of the specification, as VEBA's handlers know them.</summary>
    public enum CloudEventsSpecVersion { Default, V0_1, V0_2, V0_3, V1_0 }

    /// <summary>
    /// A CloudEvent (v1.0) as VEBA's handlers know it. A property that is none of these is the
    /// extension attribute of that name: $event.VmName, and $null where there is none.
    /// </summary>
    public sealed class CloudEvent : DynamicObject
    {
        // As in the HTTP headers: lower-case names. Also what GetAttributes() hands out, live.
        private readonly Dictionary<string, object> attributes =
            new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);

        public CloudEvent(string type, Uri source) : this(type, source, null, null) { }

        public CloudEvent(string type, Uri source, string id) : this(type, source, id, null) { }

        /// <summary>As the original's; what it knows as extensions are attributes here.</summary>
        public CloudEvent(string type, Uri source, string id, DateTime? time, object[] extensions)
            : this(type, source, id, time) { }

        /// <summary>Without a time it is now; without an id a new one.</summary>
        public CloudEvent(string type, Uri source, string id, DateTime? time)
        {
            SpecVersion = CloudEventsSpecVersion.V1_0;
            Id = string.IsNullOrEmpty(id) ? Guid.NewGuid().ToString() : id;
            Type = type;
            Source = source;
            Time = time ?? DateTime.UtcNow;
        }

        /// <summary>Nothing but these attributes; their values as Attribute() makes them.</summary>
        public CloudEvent(IEnumerable<KeyValuePair<string, object>> attributes, object data)
        {
            foreach (KeyValuePair<string, object> attribute in attributes)
                Set(attribute.Key, attribute.Value);
            Data = data;
        }

        /// <summary>byte[] in the binary mode; a text, or parsed JSON, in the structured one.</summary>
        public object Data { get; set; }

        public string Id { get => Text("id"); set => Set("id", value); }
        public string Type { get => Text("type"); set => Set("type", value); }
        public string Subject { get => Text("subject"); set => Set("subject", value); }
        public Uri Source { get => Get("source") as Uri; set => Set("source", value); }
        public Uri DataSchema { get => Get("dataschema") as Uri; set => Set("dataschema", value); }

        public DateTime? Time
        {
            get => Get("time") is DateTime time ? time : null;
            set => Set("time", value);
        }

        public ContentType DataContentType
        {
            get => Get("datacontenttype") as ContentType;
            set => Set("datacontenttype", value);
        }

        public CloudEventsSpecVersion SpecVersion
        {
            get => Text("specversion") switch
            {
                "0.1" => CloudEventsSpecVersion.V0_1,
                "0.2" => CloudEventsSpecVersion.V0_2,
                "0.3" => CloudEventsSpecVersion.V0_3,
                _ => CloudEventsSpecVersion.V1_0,
            };
            set => Set("specversion", value switch
            {
                CloudEventsSpecVersion.V0_1 => "0.1",
                CloudEventsSpecVersion.V0_2 => "0.2",
                CloudEventsSpecVersion.V0_3 => "0.3",
                _ => "1.0",
            });
        }

        /// <summary>All attributes, extensions included, without the data. What is set there counts.</summary>
        public IDictionary<string, object> GetAttributes() => attributes;

        public override bool TryGetMember(GetMemberBinder binder, out object result) =>
            attributes.TryGetValue(binder.Name, out result);

        public override bool TrySetMember(SetMemberBinder binder, object value)
        {
            Set(binder.Name.ToLowerInvariant(), value);
            return true;
        }

        /// <summary>
        /// The value of an attribute that came as text. One that is not what the specification
        /// wants of it stays a text, which GetAttributes() shows.
        /// </summary>
        public static object Attribute(string name, string text)
        {
            switch (name)
            {
                case "source":
                case "dataschema":
                    return Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out Uri uri) ? uri : text;
                case "time":
                    return DateTimeOffset.TryParse(
                        text, System.Globalization.CultureInfo.InvariantCulture,
                        System.Globalization.DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
                        ? time.UtcDateTime : text;
                case "datacontenttype":
                    try
                    {
                        return new ContentType(text);
                    }
                    catch (FormatException)
                    {
                        return text;
                    }
                default:
                    return text;
            }
        }

        /// <summary>An attribute's value as it stands in a header or in JSON.</summary>
        public static string ToText(object value)
        {
            if (value is DateTime time)
                return time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
                    System.Globalization.CultureInfo.InvariantCulture);
            if (value is bool truth)
                return truth ? "true" : "false";
            if (value is Uri uri)
                return uri.OriginalString;
            return Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture);
        }

        private object Get(string name) =>
            attributes.TryGetValue(name, out object value) ? value : null;

        private string Text(string name) => Get(name) as string;

        private void Set(string name, object value)
        {
            if (value == null)
                attributes.Remove(name);
            else
                attributes[name] = value;
        }
    }
}
