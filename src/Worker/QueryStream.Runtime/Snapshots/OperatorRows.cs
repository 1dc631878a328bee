using QueryStream.Checkpoints.Snapshots;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// Counts the rows of one operator by outcome, for the ledger of checkpoints; see <see cref="OperatorLedger"/>. Operators add to it once for
/// each batch, at the place where the rows leave, so that a lost row is missing in the sum. Used in turns of one task; single counts may be
/// read on any thread.
/// </summary>
internal sealed class OperatorRows
{
    /// <summary>Whether each row out is a row in.</summary>
    public bool PassesRows { get; set; }

    /// <summary>Rows that came in.</summary>
    public long In { get; set; }

    /// <summary>Rows that went out, without late rows and dead letters.</summary>
    public long Out { get; set; }

    /// <summary>Rows that were dropped on purpose.</summary>
    public long Filtered { get; set; }

    /// <summary>Rows that were too late.</summary>
    public long Late { get; set; }

    /// <summary>Rows that failed.</summary>
    public long DeadLettered { get; set; }

    /// <summary>
    /// Rows that the operator has consumed. If it passes rows: those that are in flight now, such as rows that wait for an answer.
    /// </summary>
    public long Absorbed { get; set; }

    /// <summary>What was restored: sums over all subtasks and earlier attempts, which this attempt has not processed.</summary>
    public (long In, long Out, long Filtered, long Late, long DeadLettered) Restored { get; set; }

    /// <summary>Rows for which the operator did nothing else, since they were late or failed.</summary>
    public long Refused => Late + DeadLettered;
}
