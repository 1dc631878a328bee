namespace QueryStream.Coordinator;

/// <summary>Something that has happened to a job. Immutable.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When the job's master has noticed it.</param>
/// <param name="Text">For people: the cause, the path of the savepoint, how the job has ended.</param>
public sealed record JobEvent(JobEventKind Kind, DateTimeOffset At, string Text)
{
    /// <summary>How many a job keeps: the newest ones.</summary>
    public const int MaxKept = 100;

    /// <summary>How the job came to run again; null for events that do not stop it.</summary>
    public JobRecovery? Recovery { get; init; }
}

/// <summary>The kinds of events of a job.</summary>
public enum JobEventKind
{
    /// <summary>It was submitted.</summary>
    Submitted,

    /// <summary>A coordinator that has begun to lead goes on with it. What happened to it before is not kept.</summary>
    Resumed,

    /// <summary>All of its tasks ran under the coordinator before, and go on under this one.</summary>
    Adopted,

    /// <summary>All tasks of its first attempt run.</summary>
    Running,

    /// <summary>It restarts after a failure.</summary>
    Restarted,

    /// <summary>It restarts in other slots, from a checkpoint that was taken for that. Nothing has failed.</summary>
    Moved,

    /// <summary>A worker with tasks of it is lost.</summary>
    WorkerLost,

    /// <summary>A savepoint is complete.</summary>
    Savepoint,

    /// <summary>It has finished, failed, or was cancelled.</summary>
    Ended,
}
