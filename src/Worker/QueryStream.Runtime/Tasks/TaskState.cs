namespace QueryStream.Runtime.Tasks;

/// <summary>The life of a task. It only moves forward.</summary>
internal enum TaskState
{
    /// <summary>There, and waiting for the other tasks of the attempt.</summary>
    Deployed,

    /// <summary>Its sources and sinks connect.</summary>
    Opening,

    /// <summary>It processes rows.</summary>
    Running,

    /// <summary>It has come to the end of its input.</summary>
    Finished,

    /// <summary>It was told to end.</summary>
    Canceled,

    /// <summary>It threw.</summary>
    Failed,
}
