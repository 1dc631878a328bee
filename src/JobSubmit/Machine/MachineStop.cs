using System.Globalization;

namespace QueryStream.JobSubmit.Machine;

/// <summary>Ends the cluster of this machine.</summary>
/// <param name="folder">Where it is remembered.</param>
/// <param name="output">Where to write what ended how.</param>
/// <param name="time">The clock.</param>
internal sealed class MachineStop(MachineFolder folder, TextWriter output, TimeProvider time)
{
    // More than a process takes to give up what hangs at its end.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Ends its processes: the coordinator first, which cancels the jobs while their workers are there, then all workers.</summary>
    public async Task RunAsync(MachineCluster cluster, CancellationToken stop)
    {
        await EndAsync([.. cluster.Processes.Take(1)], stop);
        await EndAsync([.. cluster.Processes.Skip(1)], stop);
        folder.Clear();
    }

    private async Task EndAsync(MachineProcess[] processes, CancellationToken stop)
    {
        MachineProcess[] alive = [.. processes.Where(process => process.Identity.IsAlive)];
        foreach (MachineProcess process in processes.Except(alive))
        {
            await WriteAsync(process, "had ended before");
        }

        Array.ForEach(alive, process => process.Identity.Send(Posix.Terminate));
        long startedAt = time.GetTimestamp();
        while (alive.Any(process => process.Identity.IsAlive) && time.GetElapsedTime(startedAt) < Limit)
        {
            await Task.Delay(Interval, time, stop);
        }

        foreach (MachineProcess process in alive)
        {
            bool hangs = process.Identity.IsAlive;
            process.Identity.Send(Posix.Kill);
            await WriteAsync(process, hangs ? $"did not end within {Limit.TotalSeconds:0} s and was killed; see {process.Log}" : "stopped");
        }
    }

    private Task WriteAsync(MachineProcess process, string how) =>
        output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{process.Name} (process {process.Identity.Id}) {how}."));
}
