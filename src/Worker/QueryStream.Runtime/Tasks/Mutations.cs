namespace QueryStream.Runtime.Tasks;

/// <summary>
/// Defects of operators that the simulation injects, to prove that it finds them. A service of the test's worker; a worker in production has none.
/// No loop over rows checks them.
/// </summary>
internal sealed record Mutations
{
    /// <summary>No defect.</summary>
    public static readonly Mutations None = new();

    /// <summary>The first phase of a window drops rows that may be late.</summary>
    public bool DropsLateRows { get; init; }

    /// <summary>The first phase of a window keeps its partial results at a barrier, although it has no state.</summary>
    public bool KeepsPartialsAtBarrier { get; init; }

    /// <summary>A restored source begins without the watermarks of its splits.</summary>
    public bool ForgetsWatermarks { get; init; }

    /// <summary>A task that moves goes on behind the barrier of the move, and gets rows: key groups have two owners for a while.</summary>
    public bool ServesAfterMove { get; init; }
}
