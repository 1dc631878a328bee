namespace QueryStream.JobSubmit.Chaos.Rounds;

/// <summary>What is done to a process, or to what the cluster needs.</summary>
internal enum FaultKind
{
    /// <summary>The process of a job without a cluster is killed.</summary>
    KillJob,

    /// <summary>A worker is killed.</summary>
    KillWorker,

    /// <summary>The coordinator that leads is killed.</summary>
    KillLeader,

    /// <summary>A worker is frozen for longer than the cluster waits for it, and goes on then.</summary>
    PauseWorker,

    /// <summary>The coordinator that leads is frozen for longer than the others wait for it, and goes on then.</summary>
    PauseLeader,

    /// <summary>Something that the cluster needs is away for some seconds.</summary>
    Outage,
}

/// <summary>When a fault strikes.</summary>
internal enum FaultMoment
{
    /// <summary>While the job runs.</summary>
    Running,

    /// <summary>While a checkpoint is under way.</summary>
    Checkpoint,

    /// <summary>While the job recovers from the fault before.</summary>
    Recovery,
}

/// <summary>The names of faults.</summary>
internal static class FaultKinds
{
    /// <summary>All faults of a cluster that need nothing else.</summary>
    public static readonly IReadOnlyList<FaultKind> OfCluster =
        [FaultKind.KillWorker, FaultKind.KillLeader, FaultKind.PauseWorker, FaultKind.PauseLeader];

    /// <summary>All faults that have a name.</summary>
    public static readonly IReadOnlyList<FaultKind> Named = [.. OfCluster, FaultKind.Outage];

    /// <summary>The name of a fault, as it is typed: <c>kill-worker</c>.</summary>
    public static string NameOf(FaultKind kind) => kind switch
    {
        FaultKind.KillJob => "kill-job",
        FaultKind.KillWorker => "kill-worker",
        FaultKind.KillLeader => "kill-leader",
        FaultKind.PauseWorker => "pause-worker",
        FaultKind.PauseLeader => "pause-leader",
        _ => "outage",
    };

    /// <summary>Whether the process is killed.</summary>
    public static bool IsKill(FaultKind kind) => kind is FaultKind.KillJob or FaultKind.KillWorker or FaultKind.KillLeader;

    /// <summary>Whether the process is the coordinator that leads.</summary>
    public static bool IsOfLeader(FaultKind kind) => kind is FaultKind.KillLeader or FaultKind.PauseLeader;

    /// <summary>Parses names, separated by commas; null: one is unknown, or there is none.</summary>
    public static IReadOnlyList<FaultKind>? Parse(string text)
    {
        string[] names = text.Split(',', StringSplitOptions.TrimEntries);
        FaultKind[] kinds = [.. Named.Where(kind => names.Contains(NameOf(kind)))];
        return kinds.Length == names.Length ? kinds : null;
    }
}
