namespace QueryStream.Core.Errors;

/// <summary>The kinds of error. Numbers are stable: they appear in logs and answers.</summary>
public enum ErrorCode
{
    /// <summary>A job's definition is wrong.</summary>
    JobDefinition = 1,

    /// <summary>A setting is unknown, or its value is not allowed.</summary>
    Setting = 2,

    /// <summary>A system outside of QueryStream does not answer.</summary>
    ServiceUnavailable = 3,

    /// <summary>The cluster has too few free slots for a job.</summary>
    NotEnoughSlots = 4,

    /// <summary>A task of a job threw.</summary>
    TaskFailed = 5,

    /// <summary>A system outside of QueryStream refuses what was asked, and would again.</summary>
    ServiceRefused = 6,

    /// <summary>Something of a type that only the throwing process knows.</summary>
    Remote = 7,

    /// <summary>A worker went away while it ran tasks.</summary>
    WorkerLost = 8,

    /// <summary>A worker cannot run what it was told to.</summary>
    DeploymentRefused = 9,

    /// <summary>A part of QueryStream itself threw.</summary>
    Defect = 10,

    /// <summary>Stored or received bytes are not what their writer writes.</summary>
    DamagedBytes = 11,

    /// <summary>Stored state is of a type that a job no longer has.</summary>
    SchemaMismatch = 12,

    /// <summary>A key that was taken from a row is null.</summary>
    NullKey = 13,

    /// <summary>Stored state cannot become the state of a job.</summary>
    StateRestore = 14,

    /// <summary>A function of a job threw while it had a row or a timer.</summary>
    RowFailed = 15,

    /// <summary>Keyed state was used where there is no key.</summary>
    NoKey = 16,

    /// <summary>An asynchronous function did not answer in time.</summary>
    FunctionTimeout = 17,

    /// <summary>A job's own partitioning chose a subtask that there is not.</summary>
    Partition = 18,

    /// <summary>The assembly of a job cannot be loaded, or has no such job.</summary>
    JobAssembly = 20,

    /// <summary>The ends of a channel do not belong together.</summary>
    ChannelRefused = 30,

    /// <summary>The connection of a channel broke.</summary>
    ChannelLost = 31,
}
