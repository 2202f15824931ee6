// SPDX-License-Identifier: Apache-2.0
using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;

namespace Millrace
{
    /// <summary>
    /// Handles one event at a time in a runspace of its own, on the thread that calls it. What
    /// Process-Init left in the runspace stays for all later events.
    /// </summary>
    internal sealed class Lane
    {
        private readonly Runner runner;
        private readonly LaneLog log;
        private readonly LogHost host;
        private readonly Runspace runspace;
        private readonly Timer limit;
        private readonly object stopping = new object();
        private FunctionInfo handler;
        private PowerShell running;
        // In ms of Environment.TickCount64: a timer may fire late, when something else runs.
        private long stopAt = long.MaxValue;
        private bool stopped;

        public Lane(Runner runner)
        {
            this.runner = runner;
            log = new LaneLog(runner);
            host = new LogHost(log);
            runspace = RunspaceFactory.CreateRunspace(host, Session.State(log));
            runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
            limit = new Timer(_ => Stop());
        }

        /// <summary>Loads handler.ps1 and runs Process-Init. Why it cannot be used; null: it can.</summary>
        public string Open(string file)
        {
            runspace.Open();
            Runspace.DefaultRunspace = runspace;
            string error = Run(shell => shell.AddScript(". '" + file.Replace("'", "''") + "'", false));
            if (error != null)
                return error;
            handler = Function("Process-Handler");
            if (handler == null)
                return ErrorText.Syntax(file) ??
                       "handler.ps1 must define a function Process-Handler that takes -CloudEvent.";
            error = RunFunction(Function("Process-Init"), null);
            return error == null ? null : "Process-Init failed: " + error;
        }

        /// <summary>Until there are no more requests; then Process-Shutdown.</summary>
        public void Serve()
        {
            while (runner.Next() is Request request)
            {
                log.RequestId = request.Id;
                lock (stopping)
                    stopAt = Environment.TickCount64 + request.LimitMilliseconds;
                limit.Change(request.LimitMilliseconds, Timeout.Infinite);
                string error = RunFunction(handler, request.Event);
                limit.Change(Timeout.Infinite, Timeout.Infinite);
                lock (stopping)
                    stopAt = long.MaxValue;
                log.RequestId = 0;
                runner.Answer(request.Id, error, stopped);
            }
            RunFunction(Function("Process-Shutdown"), null);
        }

        private string RunFunction(FunctionInfo function, object cloudEvent)
        {
            return function == null ? null : Run(shell =>
            {
                shell.AddCommand(function);
                if (cloudEvent != null)
                    shell.AddParameter("CloudEvent", cloudEvent);
                // One that is no advanced function knows no -ErrorAction.
                if (function.CmdletBinding || function.Parameters.ContainsKey("ErrorAction"))
                    shell.AddParameter("ErrorAction", ActionPreference.Stop);
            });
        }

        private FunctionInfo Function(string name) =>
            runspace.SessionStateProxy.InvokeCommand.GetCommand(name, CommandTypes.Function) as FunctionInfo;

        /// <summary>All its output goes to the log. Why it failed; null: it did not.</summary>
        private string Run(Action<PowerShell> add)
        {
            using PowerShell shell = PowerShell.Create();
            shell.Runspace = runspace;
            add(shell);
            shell.AddCommand(Session.OutLog);
            shell.Streams.Error.DataAdded += LogError;
            shell.Streams.Information.DataAdded += Forget;
            lock (stopping)
            {
                running = shell;
                stopped = false;
            }
            host.ExitCode = null;
            Exception fault = null;
            try
            {
                shell.Invoke();
            }
            catch (Exception error) when (error is RuntimeException || error is InvalidOperationException)
            {
                fault = error;
            }
            lock (stopping)
                running = null;
            string failure = Failure(fault);
            log.End();
            return failure;
        }

        private string Failure(Exception fault)
        {
            if (stopped)
                return "It was stopped at its limit.";
            if (host.ExitCode is int code)
                return $"It called exit {code}: return ends an event well, throw fails it.";
            if (fault == null)
                return null;
            log.WriteLine(true, ErrorText.Whole(fault));
            return ErrorText.Sentence(fault);
        }

        /// <summary>Of an error that ended nothing; told where it happens, between what is printed.</summary>
        private void LogError(object sender, DataAddedEventArgs added)
        {
            var errors = (PSDataCollection<ErrorRecord>)sender;
            log.WriteLine(true, ErrorText.Whole(errors[added.Index]));
            if (added.Index >= 255)
                errors.Clear();
        }

        /// <summary>What Write-Host has said is in the log: it need not be kept until the end.</summary>
        private static void Forget(object sender, DataAddedEventArgs added)
        {
            if (added.Index >= 255)
                ((PSDataCollection<InformationRecord>)sender).Clear();
        }

        private void Stop()
        {
            lock (stopping)
            {
                // A tick is up to 16 ms long.
                if (running == null || Environment.TickCount64 < stopAt - 16)
                    return;
                stopped = true;
                running.BeginStop(null, null);
            }
        }
    }
}
