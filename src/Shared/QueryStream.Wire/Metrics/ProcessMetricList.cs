using System.Globalization;
using QueryStream.Core.Metrics;

namespace QueryStream.Wire.Metrics;

/// <summary>
/// The metrics of a process by Flink's names, with those of the JVM where .NET has the same; the machine, containers and .NET's own runtime have
/// others. Pure.
/// </summary>
public static class ProcessMetricList
{
    /// <summary>The metrics.</summary>
    public static IEnumerable<Metric> Of(ProcessSample sample)
    {
        yield return Metric.Of("Status.JVM.CPU.Load", sample.CpuLoad);
        yield return Metric.Of("Status.JVM.CPU.Time", (long)sample.CpuTime.TotalNanoseconds);
        yield return Metric.Of("Status.JVM.Memory.Heap.Used", sample.HeapUsed);
        yield return Metric.Of("Status.JVM.Memory.Heap.Committed", sample.HeapCommitted);
        yield return Metric.Of("Status.JVM.Memory.Heap.Max", sample.HeapLimit);
        yield return Metric.Of("Status.JVM.Threads.Count", sample.Threads);
        yield return Metric.Of("Status.JVM.ClassLoader.ClassesLoaded", sample.Assemblies);
        yield return Metric.Of("Status.JVM.GarbageCollector.All.Count", sample.Collections.FirstOrDefault());
        yield return Metric.Of("Status.JVM.GarbageCollector.All.Time", (long)sample.CollectionPauses.TotalMilliseconds);
        for (int generation = 0; generation < sample.Collections.Count; generation++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"Status.JVM.GarbageCollector.Gen{generation}.Count");
            yield return Metric.Of(name, sample.Collections[generation]);
        }

        yield return Metric.Of("Status.Process.Memory.WorkingSet", sample.WorkingSet);
        yield return Metric.Of("Status.Process.Memory.Allocated", sample.Allocated);
    }
}
