namespace QueryStream.Simulation.Faults;

/// <summary>What can go wrong in a simulation.</summary>
internal enum FaultKind
{
    /// <summary>A function of the job throws.</summary>
    TaskCrash,

    /// <summary>The machine crashes between two steps: memory, unflushed bytes and unflushed names are lost.</summary>
    ProcessCrash,

    /// <summary>The machine crashes during one of the next operations of the file system, so in the middle of a checkpoint or a commit.</summary>
    CrashInStorage,

    /// <summary>The machine crashes when a message about a checkpoint arrives.</summary>
    CrashInCheckpoint,

    /// <summary>The machine crashes while a transaction is committed, which arrives at once, when the next process runs, or never.</summary>
    CrashInCommit,

    /// <summary>The machine is down for longer than a transaction may be open.</summary>
    LongOutage,

    /// <summary>The coordinator dies, and the next one takes its job over a while later. The workers go on.</summary>
    CoordinatorCrash,

    /// <summary>The coordinator dies while a manifest is committed or the stop of its job is marked, before or after that is done.</summary>
    CoordinatorCrashInCommit,

    /// <summary>Another coordinator leads while the one before still runs, with its workers. Only where Redis stores checkpoints.</summary>
    SplitLeadership,

    /// <summary>The storage of checkpoints fails for a while.</summary>
    StorageFails,

    /// <summary>The storage of checkpoints has no room for a while: it can be read and deleted from.</summary>
    StorageFull,

    /// <summary>The storage of checkpoints is slow for a while.</summary>
    StorageSlow,

    /// <summary>The commit of a manifest fails, executed or not; sometimes a task fails before it is answered.</summary>
    LostCommit,

    /// <summary>An acknowledgement of a checkpoint is lost.</summary>
    LostAcknowledgement,

    /// <summary>An acknowledgement or a notification of a checkpoint arrives twice.</summary>
    DoubledAcknowledgement,

    /// <summary>The brokers of the input do not answer.</summary>
    SourceDisconnect,

    /// <summary>The brokers of the output do not answer.</summary>
    SinkOutage,

    /// <summary>Redis does not answer, or executes what it does not answer.</summary>
    RedisOutage,

    /// <summary>The wall clock is set forwards or backwards.</summary>
    ClockJump,

    /// <summary>The connection of two workers breaks.</summary>
    DataCut,

    /// <summary>A worker loses its connection to the coordinator.</summary>
    WorkerDisconnect,
}
