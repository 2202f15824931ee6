// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace Millrace
{
    /// <summary>What of an error a handler's author wants to read.</summary>
    internal static class ErrorText
    {
        private static readonly string Folder =
            (Environment.GetEnvironmentVariable("MILLRACE_CODE") ?? "").TrimEnd('/') + "/";

        /// <summary>One line: what is wrong, and where in the function's own files.</summary>
        public static string Sentence(Exception fault)
        {
            ErrorRecord record = Record(fault);
            if (record == null)
                return OneLine(fault.Message);
            string text = OneLine(Message(record));
            if (record.Exception is CommandNotFoundException)
                text += " A module that PowerShell does not bring goes into the folder of --powershell-modules.";
            string place = Place(record);
            return place == null ? text : $"{text} ({place})";
        }

        /// <summary>What PowerShell does not understand in a file; null: it does.</summary>
        public static string Syntax(string file)
        {
            Parser.ParseFile(file, out Token[] _, out ParseError[] errors);
            return errors.Length == 0 ? null
                : $"{OneLine(errors[0].Message)} ({Path.GetFileName(file)} line {errors[0].Extent.StartLineNumber})";
        }

        /// <summary>The whole of it, for the log, and where it came from.</summary>
        public static string Whole(ErrorRecord record)
        {
            string message = Message(record).Trim('\r', '\n');
            string stack = (record.ScriptStackTrace ?? "").Replace(Folder, "");
            return stack.Length == 0 ? message : message + "\n" + Regex.Replace(stack, "(?m)^", "    ");
        }

        public static string Whole(Exception fault)
        {
            ErrorRecord record = Record(fault);
            return record == null ? fault.Message.Replace(Folder, "") : Whole(record);
        }

        private static ErrorRecord Record(Exception fault) =>
            (fault as IContainsErrorRecord)?.ErrorRecord;

        private static string Message(ErrorRecord record) =>
            (record.ErrorDetails?.Message ?? record.Exception?.Message ?? record.ToString()).Replace(Folder, "");

        /// <summary>"handler.ps1 line 12": the innermost place in the function's own files.</summary>
        private static string Place(ErrorRecord record)
        {
            foreach (string frame in (record.ScriptStackTrace ?? "").Split('\n'))
            {
                int at = frame.IndexOf(Folder, StringComparison.Ordinal);
                if (at < 0)
                    continue;
                Match match = Regex.Match(frame.Substring(at + Folder.Length), @"^(.*): \w+ (\d+)");
                if (match.Success)
                    return $"{match.Groups[1].Value} line {match.Groups[2].Value}";
            }
            InvocationInfo invocation = record.InvocationInfo;
            return invocation != null && (invocation.ScriptName ?? "").StartsWith(Folder)
                ? $"{invocation.ScriptName.Substring(Folder.Length)} line {invocation.ScriptLineNumber}" : null;
        }

        private static string OneLine(string text) => Regex.Replace(text.Trim(), @"\s*[\r\n]+\s*", " ");
    }
}
