namespace QueryStream.Core.Errors;

/// <summary>What can be done about an error.</summary>
public enum RetryAdvice
{
    /// <summary>The same call fails again.</summary>
    Never,

    /// <summary>The same call may succeed after a while.</summary>
    Backoff,

    /// <summary>The task has to start anew from its last snapshot.</summary>
    RestartTask,
}
