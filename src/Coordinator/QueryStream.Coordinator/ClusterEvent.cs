namespace QueryStream.Coordinator;

/// <summary>Something that has happened to the cluster, and not only to one job. Immutable.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When the coordinator has noticed it.</param>
/// <param name="Text">For people.</param>
public sealed record ClusterEvent(ClusterEventKind Kind, DateTimeOffset At, string Text)
{
    /// <summary>How many are kept: the newest ones.</summary>
    public const int MaxKept = 100;
}

/// <summary>The kinds of events of the cluster.</summary>
public enum ClusterEventKind
{
    /// <summary>A coordinator has begun to lead.</summary>
    Leading,

    /// <summary>A worker has registered.</summary>
    WorkerRegistered,

    /// <summary>A worker is about to leave: its tasks move.</summary>
    WorkerLeaves,

    /// <summary>A worker has left as it had announced.</summary>
    WorkerLeft,

    /// <summary>The connection of a worker is lost.</summary>
    WorkerLost,
}
