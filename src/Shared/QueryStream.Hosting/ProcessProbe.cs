using System.Diagnostics;
using QueryStream.Core.Metrics;

namespace QueryStream.Hosting;

/// <summary>
/// Reads what this process uses, at most once a second however many ask, so that the load is always that of a second or more. Thread-safe.
/// </summary>
public sealed class ProcessProbe
{
    // A little less, so that whoever asks every second gets a new one each time.
    private static readonly TimeSpan MinAge = TimeSpan.FromMilliseconds(900);

    private readonly TimeProvider _time;

    // Guards the last reading.
    private readonly Lock _lock = new();
    private ProcessSample? _last;
    private TimeSpan _cpu;
    private long _at;

    /// <summary>Creates a probe. Its first load is that since then.</summary>
    /// <param name="time">The clock.</param>
    public ProcessProbe(TimeProvider time)
    {
        _time = time;
        _cpu = Environment.CpuUsage.TotalTime;
        _at = time.GetTimestamp();
    }

    /// <summary>The figures of this moment, or of the last second.</summary>
    public ProcessSample Read()
    {
        lock (_lock)
        {
            if (_last is null || _time.GetElapsedTime(_at) >= MinAge)
            {
                _last = ReadAnew();
            }

            return _last;
        }
    }

    private ProcessSample ReadAnew()
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
        long now = _time.GetTimestamp();
        double load = now > _at ? (cpu - _cpu) / _time.GetElapsedTime(_at, now) / Environment.ProcessorCount : 0;
        (_cpu, _at) = (cpu, now);
        return Math.Clamp(load, 0, 1);
    }
}
