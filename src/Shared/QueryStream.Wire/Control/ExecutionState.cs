namespace QueryStream.Wire.Control;

/// <summary>The state of a task, with Flink's names. The numbers are on the wire and never change.</summary>
public enum ExecutionState
{
    /// <summary>The job's graph is built.</summary>
    Created = 1,

    /// <summary>The task has a slot.</summary>
    Scheduled = 2,

    /// <summary>Its worker has been told to deploy it.</summary>
    Deploying = 3,

    /// <summary>It connects to other tasks and opens its sources and sinks.</summary>
    Initializing = 4,

    /// <summary>It processes rows.</summary>
    Running = 5,

    /// <summary>It has reached the end of its input, and all its output is acknowledged.</summary>
    Finished = 6,

    /// <summary>It has been told to cancel.</summary>
    Canceling = 7,

    /// <summary>It has been cancelled.</summary>
    Canceled = 8,

    /// <summary>It threw, or its worker was lost.</summary>
    Failed = 9,
}
