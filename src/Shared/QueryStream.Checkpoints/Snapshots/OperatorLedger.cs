using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Snapshots;

/// <summary>
/// The outcome of the rows of an operator, for one subtask or for all of them. Counted from the job's first start to the barrier, across restores.
/// Immutable.
/// </summary>
/// <param name="Operator">The operator.</param>
/// <param name="Vertex">Its vertex.</param>
/// <param name="Name">Its name when it was written.</param>
public sealed record OperatorLedger(OperatorId Operator, VertexId Vertex, string Name)
{
    /// <summary>
    /// Whether each row out is a row in. Otherwise the operator creates its rows from those it absorbed, so rows in and rows out are unrelated.
    /// </summary>
    public bool PassesRows { get; init; }

    /// <summary>Rows that came in at all inputs; for a source, the records that it read.</summary>
    public long RowsIn { get; init; }

    /// <summary>
    /// Rows that went out, without late rows and dead letters. A row counts once, however many operators receive it. Those of a side output count
    /// where an operator receives them.
    /// </summary>
    public long RowsOut { get; init; }

    /// <summary>Rows that the operator dropped on purpose, such as those for which a condition does not hold.</summary>
    public long Filtered { get; init; }

    /// <summary>Rows that were too late.</summary>
    public long Late { get; init; }

    /// <summary>Rows for which code of the job threw, and records that could not be read.</summary>
    public long DeadLettered { get; init; }

    /// <summary>
    /// Rows that went to the operator's state, to a function, or to an external system. For an operator that passes rows: those that it holds at the
    /// barrier, such as rows that wait for the answers of an asynchronous function.
    /// </summary>
    public long Absorbed { get; init; }

    /// <summary>
    /// Rows in, less those that were passed on, filtered, late, dead-lettered or absorbed. Always 0: anything else is a defect of QueryStream.
    /// </summary>
    public long Missing => RowsIn - (PassesRows ? RowsOut : 0) - Filtered - Late - DeadLettered - Absorbed;

    /// <summary>Whether every row is accounted for.</summary>
    public bool IsBalanced => Missing == 0;

    /// <summary>The sum of two ledgers of the same operator.</summary>
    public OperatorLedger Add(OperatorLedger other) => this with
    {
        RowsIn = RowsIn + other.RowsIn,
        RowsOut = RowsOut + other.RowsOut,
        Filtered = Filtered + other.Filtered,
        Late = Late + other.Late,
        DeadLettered = DeadLettered + other.DeadLettered,
        Absorbed = Absorbed + other.Absorbed,
    };

    /// <summary>All counts, for logs.</summary>
    public override string ToString() =>
        $"{Name}: {RowsIn} rows in, {RowsOut} out{(PassesRows ? "" : " (of its own)")}, {Filtered} filtered, {Late} late, "
        + $"{DeadLettered} dead-lettered, {Absorbed} absorbed{(IsBalanced ? "" : $", {Missing} missing")}";
}
