// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace Millrace
{
    /// <summary>The log of one lane: what is written becomes lines, tied to the event under way.</summary>
    internal sealed class LaneLog
    {
        private readonly Runner runner;
        private readonly object writing = new object();
        private readonly StringBuilder partial = new StringBuilder();
        private const int PartialCharactersMost = 8 * 1024;
        private bool partialIsError;

        public LaneLog(Runner runner) => this.runner = runner;

        /// <summary>Of the request that is being handled; 0: none is.</summary>
        public ulong RequestId { private get; set; }

        public void Write(bool isError, string text)
        {
            lock (writing)
            {
                if (partial.Length > 0 && partialIsError != isError)
                    EndPartial();
                ReadOnlySpan<char> rest = text;
                for (int newline; (newline = rest.IndexOf('\n')) >= 0; rest = rest.Slice(newline + 1))
                    EndLine(isError, rest.Slice(0, newline));
                if (partial.Length + rest.Length > PartialCharactersMost)
                    EndLine(isError, rest);
                else
                    partial.Append(rest);
                partialIsError = isError;
            }
        }

        public void WriteLine(bool isError, string text) => Write(isError, text + "\n");

        /// <summary>What stands without a newline is a line after all.</summary>
        public void End()
        {
            lock (writing)
                if (partial.Length > 0)
                    EndPartial();
        }

        private void EndPartial() => EndLine(partialIsError, default);

        private void EndLine(bool isError, ReadOnlySpan<char> text)
        {
            if (partial.Length > 0)
            {
                text = partial.Append(text).ToString();
                partial.Clear();
            }
            runner.Log(RequestId, isError, text.TrimEnd('\r'));
        }
    }

    /// <summary>
    /// The host of a lane's runspace: Write-Host, warnings, verbose and debug output go to its log.
    /// There is nobody to ask, and `exit` ends the event, not the worker.
    /// </summary>
    internal sealed class LogHost : PSHost
    {
        private readonly LogUserInterface ui;

        public LogHost(LaneLog log) => ui = new LogUserInterface(log);

        /// <summary>The code of an `exit`, until the next event.</summary>
        public int? ExitCode { get; set; }

        public override string Name => "Millrace";
        public override Version Version { get; } = new Version(1, 0);
        public override Guid InstanceId { get; } = Guid.NewGuid();
        public override PSHostUserInterface UI => ui;
        public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;
        public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;
        public override void SetShouldExit(int exitCode) => ExitCode = exitCode;
        public override void EnterNestedPrompt() => throw LogUserInterface.Nobody();
        public override void ExitNestedPrompt() { }
        public override void NotifyBeginApplication() { }
        public override void NotifyEndApplication() { }
    }

    internal sealed class LogUserInterface : PSHostUserInterface
    {
        private readonly LaneLog log;
        private readonly LogRawUserInterface raw = new LogRawUserInterface();

        public LogUserInterface(LaneLog log) => this.log = log;

        public static Exception Nobody() =>
            new PSInvalidOperationException("A function runs by itself: there is nobody to ask.");

        public override PSHostRawUserInterface RawUI => raw;
        public override void Write(string value) => log.Write(false, value);
        public override void Write(ConsoleColor foreground, ConsoleColor background, string value) =>
            log.Write(false, value);
        public override void WriteLine(string value) => log.WriteLine(false, value);
        public override void WriteErrorLine(string value) => log.WriteLine(true, value);
        public override void WriteWarningLine(string message) => log.WriteLine(true, "WARNING: " + message);
        public override void WriteDebugLine(string message) => log.WriteLine(false, "DEBUG: " + message);
        public override void WriteVerboseLine(string message) => log.WriteLine(false, "VERBOSE: " + message);
        public override void WriteProgress(long sourceId, ProgressRecord record) { }

        public override string ReadLine() => throw Nobody();
        public override SecureString ReadLineAsSecureString() => throw Nobody();
        public override Dictionary<string, PSObject> Prompt(
            string caption, string message, Collection<FieldDescription> descriptions) => throw Nobody();
        public override int PromptForChoice(
            string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
            throw Nobody();
        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName) => throw Nobody();
        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName,
            PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw Nobody();
    }

    /// <summary>A screen as wide as a log likes its tables; nothing else of it is there.</summary>
    internal sealed class LogRawUserInterface : PSHostRawUserInterface
    {
        private static readonly Size Screen = new Size(160, 50);

        public override Size BufferSize { get => Screen; set { } }
        public override Size WindowSize { get => Screen; set { } }
        public override Size MaxWindowSize => Screen;
        public override Size MaxPhysicalWindowSize => Screen;
        public override Coordinates CursorPosition { get; set; }
        public override Coordinates WindowPosition { get; set; }
        public override int CursorSize { get; set; } = 25;
        public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;
        public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;
        public override string WindowTitle { get; set; } = "";
        public override bool KeyAvailable => false;
        public override KeyInfo ReadKey(ReadKeyOptions options) => throw LogUserInterface.Nobody();
        public override void FlushInputBuffer() { }
        public override BufferCell[,] GetBufferContents(Rectangle rectangle) => new BufferCell[0, 0];
        public override void ScrollBufferContents(
            Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) { }
        public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) { }
        public override void SetBufferContents(Rectangle rectangle, BufferCell fill) { }
    }
}
