namespace QueryStream.Wire.Control;

/// <summary>Where a task is in its life; Flink's names. Numbers are stable: they travel.</summary>
public enum TaskState
{
    /// <summary>Its job is known.</summary>
    Created = 1,

    /// <summary>It has a slot.</summary>
    Scheduled = 2,

    /// <summary>Its worker was told to make it.</summary>
    Deploying = 3,

    /// <summary>It was told to connect, and to open its sources and sinks.</summary>
    Initializing = 4,

    /// <summary>It processes rows.</summary>
    Running = 5,

    /// <summary>It came to the end of its input, and all that it wrote is acknowledged.</summary>
    Finished = 6,

    /// <summary>It was told to end.</summary>
    Canceling = 7,

    /// <summary>It ended because it was told to.</summary>
    Canceled = 8,

    /// <summary>It threw, or its worker was lost.</summary>
    Failed = 9,
}
