using QueryStream.Simulation.Faults;

namespace QueryStream.Simulation.Reports;

/// <summary>What one seed has done.</summary>
/// <param name="seed">The seed.</param>
internal sealed class SeedReport(ulong seed)
{
    public ulong Seed => seed;

    /// <summary>A hash of all steps and all bytes. Equal for equal seeds in every process.</summary>
    public ulong Trace { get; set; }

    public int Events { get; set; }

    public int Operators { get; set; }

    /// <summary>How often the job was restored from a checkpoint.</summary>
    public int Restores { get; set; }

    public long Checkpoints { get; set; }

    /// <summary>How often a sink has asked for a checkpoint, in jobs that have ended.</summary>
    public long Requested { get; set; }

    /// <summary>How many savepoints were complete.</summary>
    public int Savepoints { get; set; }

    /// <summary>How often the job was stopped with a savepoint and started from it.</summary>
    public int Suspensions { get; set; }

    /// <summary>How often the job was started again after its restart strategy had given up.</summary>
    public int GivenUp { get; set; }

    /// <summary>How often a region restarted while the others went on.</summary>
    public int RegionRestarts { get; set; }

    /// <summary>How often the job began to run at another parallelism than before.</summary>
    public int Rescales { get; set; }

    /// <summary>How often subtasks have moved while the others went on.</summary>
    public int LiveMoves { get; set; }

    /// <summary>How often they could not, or a move was given up, so that the job restarted or nothing moved.</summary>
    public int OtherMoves { get; set; }

    /// <summary>How often the tasks of the job went on under another coordinator.</summary>
    public int Adoptions { get; set; }

    /// <summary>How often somebody has asked for another parallelism, for which the job restarts.</summary>
    public int Rescaled { get; set; }

    /// <summary>How often such a request was refused.</summary>
    public int RefusedRescales { get; set; }

    public long Steps { get; set; }

    /// <summary>Faults that have happened, by kind.</summary>
    public SortedDictionary<FaultKind, int> Faults { get; } = [];

    /// <summary>What is wrong; null: nothing.</summary>
    public string? Failure { get; set; }

    /// <summary>What was drawn.</summary>
    public string Plan { get; set; } = "";

    public void Count(FaultKind kind) => Faults[kind] = Faults.GetValueOrDefault(kind) + 1;
}

/// <summary>A simulation has found something.</summary>
internal sealed class SimulationException(string message, Exception? cause = null) : Exception(message, cause);
