namespace QueryStream.Core.Errors;

/// <summary>The base of all errors that QueryStream raises. Callers decide by type, code or domain, never by the message.</summary>
public abstract class QueryStreamException : Exception
{
    /// <summary>Creates an error.</summary>
    protected QueryStreamException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The kind of error, by which callers decide.</summary>
    public abstract ErrorCode Code { get; }

    /// <summary>Where the error comes from.</summary>
    public abstract ErrorDomain Domain { get; }
}

/// <summary>Where an error comes from.</summary>
public enum ErrorDomain
{
    /// <summary>The user's input: a job, a setting, an option.</summary>
    User,

    /// <summary>A system outside of QueryStream.</summary>
    External,

    /// <summary>QueryStream itself.</summary>
    Internal,
}

/// <summary>The kinds of error. Numbers are on the wire: they never change.</summary>
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

    /// <summary>A system outside of QueryStream refuses a request, and would refuse it again.</summary>
    ServiceRefused = 6,

    /// <summary>Another process threw an exception of a type that this process does not know.</summary>
    Remote = 7,

    /// <summary>A worker went away while it ran tasks.</summary>
    WorkerLost = 8,

    /// <summary>A worker cannot run the tasks that it was asked to run.</summary>
    DeploymentRefused = 9,

    /// <summary>A part of QueryStream threw: a bug.</summary>
    Defect = 10,

    /// <summary>Stored or received bytes are damaged.</summary>
    DamagedBytes = 11,

    /// <summary>The type of stored state differs from the type in the job.</summary>
    SchemaMismatch = 12,

    /// <summary>The key of a row is a null reference.</summary>
    NullKey = 13,

    /// <summary>A job cannot be restored from a snapshot.</summary>
    StateRestore = 14,

    /// <summary>A function of a job threw while it processed a row or a timer.</summary>
    RowFailed = 15,

    /// <summary>Keyed state was used outside of a row or timer of a key.</summary>
    NoKey = 16,

    /// <summary>An asynchronous function did not answer in time.</summary>
    FunctionTimeout = 17,

    /// <summary>A partition function chose a subtask that does not exist.</summary>
    Partition = 18,

    /// <summary>The assembly of a job cannot be loaded, or has no such job.</summary>
    JobAssembly = 20,

    /// <summary>A stored checkpoint is damaged.</summary>
    DamagedCheckpoint = 21,

    /// <summary>The store of checkpoints cannot be reached, or refuses.</summary>
    CheckpointStorage = 22,

    /// <summary>A savepoint failed, or a job fails because of its checkpoints.</summary>
    CheckpointFailed = 23,

    /// <summary>A file of a job is missing, damaged, too large, or cannot be stored.</summary>
    Blob = 24,

    /// <summary>There is no such job on the cluster.</summary>
    JobNotFound = 25,

    /// <summary>State is asked for that there cannot be.</summary>
    StateQuery = 26,

    /// <summary>The owner of a key has not answered in time.</summary>
    StateUnavailable = 27,

    /// <summary>A worker leaves in order, so the tasks of the job move to others.</summary>
    WorkerLeaves = 28,

    /// <summary>A job restarts at another parallelism.</summary>
    JobRescaled = 29,

    /// <summary>The two ends of a channel have different jobs, attempts or versions.</summary>
    ChannelRefused = 30,

    /// <summary>The connection of a channel broke.</summary>
    ChannelLost = 31,

    /// <summary>A channel has lost rows, or brought some twice: a bug.</summary>
    ChannelMiscount = 32,
}
