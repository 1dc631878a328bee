using System.Diagnostics;
using QueryStream.Core.Metrics;

namespace QueryStream.Hosting;

/// <summary>Reads what this process uses. Thread-safe, but the load is that since any caller has last read it.</summary>
/// <param name="time">The clock.</param>
public sealed class ProcessProbe(TimeProvider time)
{
    // Guards the former reading.
    private readonly Lock _lock = new();
    private (TimeSpan Cpu, long At)? _before;

    /// <summary>The figures of this moment.</summary>
    public ProcessSample Read()
    {
        using Process process = Process.GetCurrentProcess();
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        return new ProcessSample
        {
            Processors = Environment.ProcessorCount,
            CpuTime = cpu,
            CpuLoad = LoadOf(cpu),
            WorkingSet = process.WorkingSet64,
            HeapUsed = GC.GetTotalMemory(forceFullCollection: false),
            HeapCommitted = memory.TotalCommittedBytes,
            HeapLimit = memory.TotalAvailableMemoryBytes,
            MachineMemory = MachineMemory.Total(memory.TotalAvailableMemoryBytes),
            Collections = [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(generation => (long)GC.CollectionCount(generation))],
            CollectionPauses = GC.GetTotalPauseDuration(),
            Allocated = GC.GetTotalAllocatedBytes(),
            Threads = process.Threads.Count,
            Assemblies = AppDomain.CurrentDomain.GetAssemblies().Length,
        };
    }

    private double LoadOf(TimeSpan cpu)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            double load = 0;
            if (_before is { } before && now > before.At)
            {
                load = (cpu - before.Cpu) / time.GetElapsedTime(before.At, now) / Environment.ProcessorCount;
            }

            _before = (cpu, now);
            return Math.Clamp(load, 0, 1);
        }
    }
}
