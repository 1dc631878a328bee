namespace QueryStream.Simulation.Faults;

/// <summary>What is wrong at the moment. The simulation sets it between steps, and the simulated services read it.</summary>
/// <param name="mutation">The defect that is put into this run.</param>
internal sealed class ActiveFaults(Mutation mutation)
{
    public bool StorageFails { get; set; }

    public bool StorageIsSlow { get; set; }

    public bool SourceIsDown { get; set; }

    public bool SinkIsDown { get; set; }

    public bool RedisIsDown { get; set; }

    /// <summary>How many acknowledgements are still to be lost.</summary>
    public int AcknowledgementsToLose { get; set; }

    /// <summary>How many acknowledgements are still to arrive twice.</summary>
    public int AcknowledgementsToDouble { get; set; }

    /// <summary>After how many rows a function of the job throws; null: never.</summary>
    public int? RowsUntilFailure { get; set; }

    public bool Has(Mutation one) => mutation == one;

    /// <summary>Ends all that lasts.</summary>
    public void Heal()
    {
        StorageFails = StorageIsSlow = SourceIsDown = SinkIsDown = RedisIsDown = false;
        AcknowledgementsToLose = AcknowledgementsToDouble = 0;
        RowsUntilFailure = null;
    }
}
