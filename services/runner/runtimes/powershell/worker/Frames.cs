// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Threading;
using CloudNative.CloudEvents;
using Microsoft.Win32.SafeHandles;

namespace Millrace
{
    /// <summary>One request: an event, and how long its handler may take.</summary>
    internal sealed class Request
    {
        public ulong Id;
        public int LimitMilliseconds;
        public CloudEvent Event;

        /// <summary>Reads {"id":1,"kind":"json","limitMs":9000,"event":{...}}. JSON data keeps its bytes.</summary>
        public static Request Parse(byte[] line, int length)
        {
            var request = new Request();
            string kind = "none";
            var reader = new Utf8JsonReader(new ReadOnlySpan<byte>(line, 0, length));
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString();
                reader.Read();
                switch (name)
                {
                    case "id": request.Id = reader.GetUInt64(); break;
                    case "limitMs": request.LimitMilliseconds = reader.GetInt32(); break;
                    case "kind": kind = reader.GetString(); break;
                    case "event": request.Event = ParseEvent(ref reader, line, kind); break;
                    default: reader.Skip(); break;
                }
            }
            return request;
        }

        private static CloudEvent ParseEvent(ref Utf8JsonReader reader, byte[] line, string kind)
        {
            var attributes = new List<KeyValuePair<string, object>>();
            byte[] data = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString();
                reader.Read();
                if (name == "data" && kind == "json")
                {
                    int begin = (int)reader.TokenStartIndex;
                    reader.Skip();
                    data = line.AsSpan(begin, (int)reader.BytesConsumed - begin).ToArray();
                }
                else if (name == "data")
                {
                    data = Encoding.UTF8.GetBytes(reader.GetString());
                }
                else if (name == "data_base64")
                {
                    data = reader.GetBytesFromBase64();
                }
                else
                {
                    attributes.Add(new KeyValuePair<string, object>(name, Attribute(ref reader, name)));
                }
            }
            return new CloudEvent(attributes, data ?? Array.Empty<byte>());
        }

        private static object Attribute(ref Utf8JsonReader reader, string name) => reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.Number => reader.TryGetInt32(out int whole) ? whole : reader.GetDouble(),
            _ => CloudEvent.Attribute(name, reader.GetString()),
        };
    }

    /// <summary>
    /// The runner's end: requests from descriptor 3, answers and log lines to descriptor 4. What
    /// several lanes write is whole lines, in the order they say it.
    /// </summary>
    internal sealed class Runner : IDisposable
    {
        /// <summary>How long a line of the log may wait for others to go with it.</summary>
        private const int LogWaitMilliseconds = 50;
        private const int BufferedBytesMost = 32 * 1024;
        /// <summary>What the runner keeps of a line.</summary>
        private const int LineCharactersMost = 8 * 1024;

        private readonly FileStream requests = Open(3, FileAccess.Read);
        private readonly FileStream answers = Open(4, FileAccess.Write);
        private readonly object reading = new object();
        private readonly object writing = new object();
        private readonly ArrayBufferWriter<byte> buffer = new ArrayBufferWriter<byte>(BufferedBytesMost);
        private readonly Utf8JsonWriter json;
        private readonly Timer flush;
        private byte[] input = new byte[64 * 1024];
        private int begin;
        private int end;

        public Runner()
        {
            json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
            flush = new Timer(_ => { lock (writing) Flush(); });
        }

        /// <summary>The next request, for whichever lane asks first; null when there will be none.</summary>
        public Request Next()
        {
            lock (reading)
            {
                int searched = begin;
                for (;;)
                {
                    int newline = Array.IndexOf(input, (byte)'\n', searched, end - searched);
                    if (newline >= 0)
                    {
                        Request request = Request.Parse(
                            begin == 0 ? input : input.AsSpan(begin, newline - begin).ToArray(), newline - begin);
                        begin = newline + 1;
                        return request;
                    }
                    searched = MakeRoom();
                    int got = requests.Read(input, end, input.Length - end);
                    if (got == 0)
                        return null;
                    end += got;
                }
            }
        }

        /// <summary>What is unread begins the buffer; returns where what has been searched ends.</summary>
        private int MakeRoom()
        {
            Buffer.BlockCopy(input, begin, input, 0, end - begin);
            end -= begin;
            begin = 0;
            if (end == input.Length)
                Array.Resize(ref input, input.Length * 2);
            return end;
        }

        public void SayReady(int lanes) => Write(to =>
        {
            to.WriteBoolean("ready", true);
            to.WriteBoolean("stops", true);
            to.WriteNumber("lanes", lanes);
        });

        public void SayNotReady(string why) =>
            Write(to => { to.WriteBoolean("ready", false); to.WriteString("error", why); });

        public void Answer(ulong id, string error, bool stopped) => Write(to =>
        {
            to.WriteNumber("id", id);
            to.WriteString("status", stopped ? "stopped" : error == null ? "ok" : "error");
            if (error != null)
                to.WriteString("error", error);
        });

        /// <summary>One line of the log, said while the request `id` was handled; 0: none.</summary>
        public void Log(ulong id, bool isError, ReadOnlySpan<char> line)
        {
            if (line.Length > LineCharactersMost)
                line = line.Slice(0, LineCharactersMost);
            lock (writing)
            {
                if (buffer.WrittenCount == 0)
                    flush.Change(LogWaitMilliseconds, Timeout.Infinite);
                json.WriteStartObject();
                json.WriteNumber("log", id);
                json.WriteString("stream", isError ? "stderr" : "stdout");
                json.WriteString("text", line);
                EndLine();
                if (buffer.WrittenCount >= BufferedBytesMost)
                    Flush();
            }
        }

        private void Write(Action<Utf8JsonWriter> members)
        {
            lock (writing)
            {
                json.WriteStartObject();
                members(json);
                EndLine();
                Flush();
            }
        }

        private void EndLine()
        {
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            buffer.Write(new[] { (byte)'\n' });
        }

        private void Flush()
        {
            if (buffer.WrittenCount == 0)
                return;
            answers.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
        }

        public void Dispose()
        {
            lock (writing)
                Flush();
            flush.Dispose();
        }

        /// <summary>Programs that a handler starts are not to have it.</summary>
        private static FileStream Open(int descriptor, FileAccess access)
        {
            SetDescriptorFlags(descriptor, 2 /* F_SETFD */, 1 /* FD_CLOEXEC */);
            return new FileStream(new SafeFileHandle((IntPtr)descriptor, false), access, 0);
        }

        [DllImport("libc", EntryPoint = "fcntl")]
        private static extern int SetDescriptorFlags(int descriptor, int command, int flags);
    }
}
