// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Net.Mime;
using System.Xml;

namespace CloudNative.CloudEvents
{
    /// <summary>What becomes of an element's attributes.</summary>
    public enum XmlConvertMode
    {
        /// <summary>They are left out.</summary>
        SkipAttributes,
        /// <summary>Each element is @{Attributes = ...; Value = ...}, Attributes $null without any.</summary>
        AlwaysAttrValue,
        /// <summary>An element with attributes is; another is its value alone.</summary>
        AttrValueWhenAttributes,
    }

    [Cmdlet(VerbsCommon.Set, "CloudEventXmlData")]
    [OutputType(typeof(CloudEvent))]
    public sealed class SetCloudEventXmlDataCommand : EventCmdlet
    {
        [Parameter(Mandatory = true), ValidateNotNull] public Hashtable Data { get; set; }

        /// <summary>@{Attributes = @{...}; Value = ...} is an element with attributes.</summary>
        [Parameter(Mandatory = true)] public bool AttributesKeysInElementAttributes { get; set; }

        protected override void ProcessRecord()
        {
            if (Data.Count != 1)
                ThrowTerminatingError(new ErrorRecord(
                    new ArgumentException($"Input Hashtable must have single root key, not {Data.Count}."),
                    "NoSingleRoot", ErrorCategory.InvalidArgument, Data));
            var document = new XmlDocument();
            foreach (DictionaryEntry root in Data)
                foreach (XmlElement element in Elements(document, root.Key, root.Value))
                    document.AppendChild(element);
            CloudEvent.Data = document.OuterXml;
            CloudEvent.DataContentType = new ContentType("application/xml");
            WriteObject(CloudEvent);
        }

        /// <summary>One element, or one for each item of a list.</summary>
        private IEnumerable<XmlElement> Elements(XmlDocument document, object name, object value)
        {
            if (value is PSObject wrapped)
                value = wrapped.BaseObject;
            if (value is IList list)
                return list.Cast<object>().SelectMany(item => Elements(document, name, item)).ToList();
            XmlElement element = document.CreateElement(LanguagePrimitives.ConvertTo<string>(name));
            if (value is IDictionary content)
                Fill(document, element, content);
            else
                element.InnerText = LanguagePrimitives.ConvertTo<string>(value);
            return new[] { element };
        }

        private void Fill(XmlDocument document, XmlElement element, IDictionary content)
        {
            bool hasAttributes = AttributesKeysInElementAttributes && content.Count == 2 &&
                                 content["Attributes"] is IDictionary && content.Contains("Value");
            if (hasAttributes)
            {
                foreach (DictionaryEntry attribute in (IDictionary)content["Attributes"])
                    element.SetAttribute(
                        LanguagePrimitives.ConvertTo<string>(attribute.Key),
                        LanguagePrimitives.ConvertTo<string>(attribute.Value));
                if (content["Value"] is IDictionary inner)
                    Fill(document, element, inner);
                else
                    element.InnerText = LanguagePrimitives.ConvertTo<string>(content["Value"]);
                return;
            }
            foreach (DictionaryEntry child in content)
                foreach (XmlElement made in Elements(document, child.Key, child.Value))
                    element.AppendChild(made);
        }
    }

    /// <summary>A hashtable with the root element's name as its one key.</summary>
    [Cmdlet(VerbsCommunications.Read, "CloudEventXmlData")]
    [OutputType(typeof(Hashtable))]
    public sealed class ReadCloudEventXmlDataCommand : EventCmdlet
    {
        [Parameter(Mandatory = true)] public XmlConvertMode ConvertMode { get; set; }

        protected override void ProcessRecord()
        {
            string text = EventData.Text(CloudEvent.Data);
            if (!EventData.IsXml(CloudEvent.DataContentType) || string.IsNullOrWhiteSpace(text))
            {
                WriteError(EventData.Error(CloudEvent, "xml", "NoXmlData"));
                return;
            }
            try
            {
                XmlElement root = Parse(text).DocumentElement;
                WriteObject(new Hashtable { [root.Name] = Value(root) });
            }
            catch (XmlException fault)
            {
                string what = $"Cloud Event '{CloudEvent.Id}' has no xml data: {fault.Message}";
                ThrowTerminatingError(new ErrorRecord(
                    new ArgumentException(what, fault), "NoXmlData", ErrorCategory.InvalidData, CloudEvent));
            }
        }

        /// <summary>Without document types: an event must not read files or grow without end.</summary>
        private static XmlDocument Parse(string text)
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            var document = new XmlDocument { XmlResolver = null };
            using (XmlReader reader = XmlReader.Create(new StringReader(text), settings))
                document.Load(reader);
            return document;
        }

        private object Value(XmlElement element)
        {
            object value = Content(element);
            bool hasAttributes = element.HasAttributes;
            bool isPair = ConvertMode == XmlConvertMode.AlwaysAttrValue ||
                          (ConvertMode == XmlConvertMode.AttrValueWhenAttributes && hasAttributes);
            if (!isPair)
                return value;
            Hashtable attributes = hasAttributes ? new Hashtable() : null;
            foreach (XmlAttribute attribute in element.Attributes)
                attributes[attribute.Name] = attribute.Value;
            return new Hashtable { ["Attributes"] = attributes, ["Value"] = value };
        }

        /// <summary>Its text, or a hashtable of its elements; those of one name are a list.</summary>
        private object Content(XmlElement element)
        {
            var children = element.ChildNodes.OfType<XmlElement>().ToList();
            if (children.Count == 0)
                return element.InnerText;
            var content = new Hashtable();
            foreach (IGrouping<string, XmlElement> same in children.GroupBy(child => child.Name))
            {
                object[] values = same.Select(Value).ToArray();
                content[same.Key] = values.Length == 1 ? values[0] : values;
            }
            return content;
        }
    }
}
