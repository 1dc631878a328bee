using System.Globalization;
using QueryStream.Coordinator;
using QueryStream.Core.Metrics;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Views;

/// <summary>A worker as its answers show it.</summary>
internal static class WorkerViews
{
    private const long Mebibyte = 1024 * 1024;

    public static WorkerDetails Of(WorkerInfo worker)
    {
        int free = worker.Slots.Count(slot => slot.IsFree);
        return new WorkerDetails
        {
            Id = worker.Worker.Name,
            Path = worker.Address?.ToString() ?? worker.Worker.Name,
            DataPort = worker.Address?.Port ?? -1,
            TimeSinceLastHeartbeat = Times.Of(worker.ReportedAt),
            SlotsNumber = worker.Slots.Count,
            FreeSlots = free,
            TotalResource = ShareOf(worker, worker.Slots.Count),
            FreeResource = ShareOf(worker, free),
            Hardware = worker.Process is not { } process ? new WorkerHardware() : new WorkerHardware
            {
                CpuCores = process.Processors,
                PhysicalMemory = process.MachineMemory,
                FreeMemory = process.HeapLimit,
            },
            MemoryConfiguration = worker.Process is not { } used ? new WorkerMemory() : new WorkerMemory
            {
                TaskHeap = used.HeapLimit,
                TotalProcessMemory = used.HeapLimit,
            },
            Use = new WorkerUse
            {
                Jobs = [.. worker.Slots.Where(slot => slot.Job is not null).Select(slot => slot.Job!.Value.ToString()).Distinct()],
                Tasks = worker.Slots.Sum(slot => slot.Tasks.Count),
            },
        };
    }

    public static WorkerDetails DetailsOf(WorkerInfo worker) => Of(worker) with
    {
        AllocatedSlots =
        [
            .. worker.Slots.Where(slot => slot.Job is not null)
                .Select(slot => new AllocatedSlotDetails(slot.Job!.Value.ToString(), ShareOf(worker, 1))),
        ],
        Metrics = worker.Process is { } process ? MetricsOf(process) : null,
    };

    // Slots share processors and heap, so that a share is only the average.
    private static WorkerResource ShareOf(WorkerInfo worker, int slots) => worker.Process is not { } process
        ? new WorkerResource()
        : new WorkerResource
        {
            CpuCores = (double)process.Processors * slots / worker.Slots.Count,
            TaskHeapMemory = process.HeapLimit / Mebibyte * slots / worker.Slots.Count,
        };

    private static WorkerMetrics MetricsOf(ProcessSample process) => new()
    {
        HeapUsed = process.HeapUsed,
        HeapCommitted = process.HeapCommitted,
        HeapMax = process.HeapLimit,
        Collectors =
        [
            new CollectorDetails("All", process.Collections.FirstOrDefault(), (long)process.CollectionPauses.TotalMilliseconds),
            .. process.Collections.Select((count, generation) => new CollectorDetails(
                string.Create(CultureInfo.InvariantCulture, $"Gen{generation}"), count, Time: -1)),
        ],
        WorkingSet = process.WorkingSet,
        CpuLoad = process.CpuLoad,
        Threads = process.Threads,
    };
}
