using QueryStream.Core;

namespace QueryStream.Simulation.Faults;

/// <summary>A fault at a time after the start of the simulation.</summary>
/// <param name="At">When it begins.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Lasts">How long it lasts, if it does.</param>
internal readonly record struct PlannedFault(TimeSpan At, FaultKind Kind, TimeSpan Lasts);

/// <summary>Draws the faults of a run.</summary>
internal static class FaultSchedule
{
    private const int MinFaults = 3;

    // Frequent ones several times.
    private static readonly FaultKind[] Kinds =
    [
        FaultKind.TaskCrash, FaultKind.TaskCrash, FaultKind.TaskCrash,
        FaultKind.ProcessCrash, FaultKind.ProcessCrash,
        FaultKind.CrashInStorage, FaultKind.CrashInStorage, FaultKind.CrashInStorage,
        FaultKind.CrashInCheckpoint, FaultKind.CrashInCheckpoint,
        FaultKind.CrashInCommit, FaultKind.CrashInCommit,
        FaultKind.LongOutage,
        FaultKind.CoordinatorCrash, FaultKind.CoordinatorCrash, FaultKind.CoordinatorCrash,
        FaultKind.CoordinatorCrashInCommit, FaultKind.CoordinatorCrashInCommit,
        FaultKind.StorageFails,
        FaultKind.StorageFull,
        FaultKind.StorageSlow,
        FaultKind.LostCommit, FaultKind.LostCommit,
        FaultKind.LostAcknowledgement,
        FaultKind.DoubledAcknowledgement,
        FaultKind.SourceDisconnect,
        FaultKind.SinkOutage,
        FaultKind.RedisOutage,
        FaultKind.ClockJump,
        FaultKind.DataCut,
        FaultKind.WorkerDisconnect, FaultKind.WorkerDisconnect,
    ];

    public static IReadOnlyList<PlannedFault> Draw(SeededRandom random, TimeSpan duration, bool hasTransactions, bool isInRedis)
    {
        int count = MinFaults + random.Next(6);
        List<FaultKind> kinds = [.. Enumerable.Range(0, count).Select(_ => Kinds[random.Next(Kinds.Length)])];
        List<PlannedFault> faults =
        [
            .. kinds.Select(kind => new PlannedFault(
                TimeSpan.FromTicks((long)(random.NextDouble() * duration.Ticks)),
                kind,
                TimeSpan.FromTicks((100 + random.Next(3_000)) * TimeSpan.TicksPerMillisecond))),
        ];
        if (hasTransactions)
        {
            // The moment that matters most to them, and that few random moments hit.
            faults.Add(new PlannedFault(TimeSpan.FromTicks((long)(random.NextDouble() * duration.Ticks / 2)), FaultKind.CrashInCommit, default));
        }

        if (isInRedis)
        {
            faults.Add(new PlannedFault(
                TimeSpan.FromTicks((long)(random.NextDouble() * duration.Ticks / 2)), FaultKind.SplitLeadership, default));
        }

        return [.. faults.OrderBy(fault => fault.At)];
    }
}
