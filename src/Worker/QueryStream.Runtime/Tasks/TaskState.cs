namespace QueryStream.Runtime.Tasks;

/// <summary>The states of a task, in the order in which it passes them.</summary>
internal enum TaskState
{
    /// <summary>It waits until all tasks of the attempt are deployed.</summary>
    Deployed,

    /// <summary>Its sources and sinks connect.</summary>
    Opening,

    /// <summary>It processes rows.</summary>
    Running,

    /// <summary>Its input has ended.</summary>
    Finished,

    /// <summary>It was cancelled.</summary>
    Canceled,

    /// <summary>It has failed.</summary>
    Failed,
}
