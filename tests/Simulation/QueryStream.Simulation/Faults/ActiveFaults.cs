namespace QueryStream.Simulation.Faults;

/// <summary>What is wrong at the moment. The simulation sets it between steps, and the simulated services read it.</summary>
/// <param name="mutation">The defect that is put into this run.</param>
internal sealed class ActiveFaults(Mutation mutation)
{
    public bool StorageFails { get; set; }

    public bool StorageIsFull { get; set; }

    public bool StorageIsSlow { get; set; }

    public bool SourceIsDown { get; set; }

    public bool SinkIsDown { get; set; }

    public bool RedisIsDown { get; set; }

    /// <summary>Called when a fault happens that was only prepared before.</summary>
    public Action<FaultKind> Happened { get; set; } = static _ => { };

    /// <summary>Commits of dead processes that arrive when somebody reads the marker that they move.</summary>
    public List<TaskCompletionSource> LateCommits { get; } = [];

    /// <summary>Whether the machine crashes at the end of this step.</summary>
    public bool Crashes { get; private set; }

    /// <summary>Whether the machine crashes at one of the steps in which the next manifest is written.</summary>
    public bool CrashesAtManifest { get; set; }

    /// <summary>How many commits of transactions there are before one during which the machine crashes; null: no such one.</summary>
    public int? CommitsUntilCrash { get; set; }

    /// <summary>How many commands are sent to the Redis of checkpoints before one at which the machine crashes; null: no such one.</summary>
    public int? CommandsUntilCrash { get; set; }

    /// <summary>How many messages about checkpoints there are before one at which the machine crashes; null: no such one.</summary>
    public int? MessagesUntilCrash { get; set; }

    /// <summary>How many commits of manifests are still to be lost.</summary>
    public int CommitsToLose { get; set; }

    /// <summary>What happens to the coordinator when it commits the next manifest, or marks a stop; null: nothing.</summary>
    public FaultKind? AtManifest { get; set; }

    /// <summary>What happens to the coordinator at the end of this step; null: nothing.</summary>
    public FaultKind? ToCoordinator { get; set; }

    /// <summary>Whether the source waits: a bounded input must not be over before the job was restored.</summary>
    public bool HoldsInput { get; set; }

    /// <summary>How many acknowledgements are still to be lost.</summary>
    public int AcknowledgementsToLose { get; set; }

    /// <summary>How many acknowledgements are still to arrive twice.</summary>
    public int AcknowledgementsToDouble { get; set; }

    /// <summary>After how many rows a function of the job throws; null: never.</summary>
    public int? RowsUntilFailure { get; set; }

    public bool Has(Mutation one) => mutation == one;

    /// <summary>A transaction is about to be committed.</summary>
    /// <returns>Whether the machine crashes while it is.</returns>
    public bool CrashesInCommit()
    {
        CommitsUntilCrash--;
        if (CommitsUntilCrash >= 0 || CommitsUntilCrash is null)
        {
            return false;
        }

        CommitsUntilCrash = null;
        Crash(FaultKind.CrashInCommit);
        return true;
    }

    /// <summary>A marker was read: what is on its way arrives now.</summary>
    public void OnMarkerRead()
    {
        TaskCompletionSource[] late = [.. LateCommits];
        LateCommits.Clear();
        Array.ForEach(late, commit => commit.SetResult());
    }

    /// <summary>A message about a checkpoint has arrived.</summary>
    public void OnCheckpointMessage()
    {
        MessagesUntilCrash--;
        if (MessagesUntilCrash < 0)
        {
            MessagesUntilCrash = null;
            Crash(FaultKind.CrashInCheckpoint);
        }
    }

    /// <summary>A manifest is about to be committed, or a stop to be marked.</summary>
    /// <returns>What happens to the coordinator then; null: nothing.</returns>
    public FaultKind? OnManifest()
    {
        FaultKind? kind = AtManifest;
        AtManifest = null;
        return kind;
    }

    /// <summary>A command is sent to the Redis of checkpoints. Whether it arrives does not depend on the machine.</summary>
    public void OnStorageCommand()
    {
        CommandsUntilCrash--;
        if (CommandsUntilCrash < 0)
        {
            CommandsUntilCrash = null;
            Crash(FaultKind.CrashInStorage);
        }
    }

    /// <summary>The machine has crashed: what its next process does is not wrong yet.</summary>
    public void Restart()
    {
        Crashes = false;
        ToCoordinator = null;
        RowsUntilFailure = null;
    }

    /// <summary>Ends all that lasts.</summary>
    public void Heal()
    {
        StorageFails = StorageIsFull = StorageIsSlow = SourceIsDown = SinkIsDown = RedisIsDown = false;
        AcknowledgementsToLose = AcknowledgementsToDouble = CommitsToLose = 0;
        CrashesAtManifest = false;
        AtManifest = null;
        RowsUntilFailure = CommitsUntilCrash = MessagesUntilCrash = CommandsUntilCrash = null;
    }

    private void Crash(FaultKind kind)
    {
        Crashes = true;
        Happened(kind);
    }
}
