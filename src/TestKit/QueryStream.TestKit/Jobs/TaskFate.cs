namespace QueryStream.TestKit.Jobs;

/// <summary>How a task has ended.</summary>
public enum TaskFate
{
    /// <summary>It came to the end of its input.</summary>
    Finished,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>It was told to end.</summary>
    Canceled,
}
