// SPDX-License-Identifier: Apache-2.0
using System;
using System.Management.Automation;
using System.Runtime;
using System.Threading;

namespace Millrace
{
    /// <summary>The process of a PowerShell function: as many lanes as events at once.</summary>
    public static class Worker
    {
        /// <summary>Returns when the runner has closed the requests. The exit code.</summary>
        public static int Run()
        {
            // What is compiled at a start is compiled by the other processor meanwhile, the next time.
            if (Environment.GetEnvironmentVariable("MILLRACE_STARTUP_PROFILE") is string profile)
            {
                ProfileOptimization.SetProfileRoot(profile);
                ProfileOptimization.StartProfile("worker.profile");
            }
            string folder = Environment.GetEnvironmentVariable("MILLRACE_CODE") ?? ".";
            if (!int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_CONCURRENCY"), out int lanes))
                lanes = 1;
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
            using var runner = new Runner();
            string file = System.IO.Path.Combine(folder, "handler.ps1");
            if (!System.IO.File.Exists(file))
            {
                runner.SayNotReady("There is no handler.ps1.");
                return 1;
            }
            // Process-Init may mean to be alone: the lanes open one after another.
            var threads = new Thread[lanes];
            string problem = null;
            using var opened = new SemaphoreSlim(0);
            using var go = new ManualResetEventSlim();
            for (int i = 0; i < lanes && problem == null; ++i)
            {
                threads[i] = new Thread(() =>
                {
                    var lane = new Lane(runner);
                    problem = lane.Open(file);
                    opened.Release();
                    go.Wait();
                    if (problem == null)
                        lane.Serve();
                }, 16 << 20);
                threads[i].Start();
                opened.Wait();
            }
            if (problem == null)
                runner.SayReady(lanes);
            else
                runner.SayNotReady(problem);
            go.Set();
            foreach (Thread thread in threads)
                thread?.Join();
            return problem == null ? 0 : 1;
        }
    }
}

/// <summary>
/// .NET calls it before pwsh's own Main (DOTNET_STARTUP_HOOKS): a worker needs no console, whose
/// runspace costs 0.1 s and 10 MiB. Where that is switched off, worker.ps1 does the same.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        // Not for the programs that a handler starts.
        System.Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);
        System.Environment.Exit(Millrace.Worker.Run());
    }
}
