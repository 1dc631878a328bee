namespace QueryStream.JobSubmit.Running;

/// <summary>How a job is run on a cluster.</summary>
internal sealed record RemoteRunOptions
{
    /// <summary>The job's name; null: its own.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the command returns when the job is submitted.</summary>
    public bool IsDetached { get; init; }

    /// <summary>How long to try again while there is no coordinator, or too few slots are free.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Whether nothing is done where a job of this name runs.</summary>
    public bool IfAbsent { get; init; }

    /// <summary>What Ctrl-C does.</summary>
    public InterruptAction OnInterrupt { get; init; }
}

/// <summary>What Ctrl-C does to a job that somebody watches.</summary>
internal enum InterruptAction
{
    /// <summary>It cancels the job.</summary>
    Cancel,

    /// <summary>It leaves the job running.</summary>
    Detach,
}
