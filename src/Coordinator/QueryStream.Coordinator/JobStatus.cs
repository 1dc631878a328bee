namespace QueryStream.Coordinator;

/// <summary>Where a job is in its life; Flink's names.</summary>
public enum JobStatus
{
    /// <summary>Its graph is being built.</summary>
    Initializing,

    /// <summary>It waits for slots, and then for its tasks to open their sources and sinks.</summary>
    Created,

    /// <summary>All of its tasks run, or have already finished.</summary>
    Running,

    /// <summary>All of its tasks came to the end of their input.</summary>
    Finished,

    /// <summary>It was cancelled, and its tasks are ending.</summary>
    Cancelling,

    /// <summary>It was cancelled, and its tasks have ended.</summary>
    Canceled,

    /// <summary>Something failed, and the rest of its tasks are ending.</summary>
    Failing,

    /// <summary>Something failed, and its tasks have ended.</summary>
    Failed,
}
