using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Snapshots;

/// <summary>The counts of all operators of one task. Used in turns of the task.</summary>
/// <param name="vertex">The task's vertex.</param>
internal sealed class TaskLedger(VertexId vertex)
{
    private readonly Dictionary<StreamNode, OperatorRows> _operators = [];

    /// <summary>The counts of an operator; the same object for the same node.</summary>
    public OperatorRows Of(StreamNode node)
    {
        if (!_operators.TryGetValue(node, out OperatorRows? rows))
        {
            rows = new OperatorRows();
            _operators.Add(node, rows);
        }

        return rows;
    }

    /// <summary>
    /// Continues from the counts of a snapshot, which are sums over all subtasks, so only one subtask restores them. Rows in flight are left out,
    /// since every subtask counts those that it restores. So are operators of which only one version passes rows, since their balance differs.
    /// </summary>
    public void Restore(IEnumerable<OperatorLedger> ledger)
    {
        Dictionary<OperatorId, OperatorRows> operators = _operators.ToDictionary(one => one.Key.Id, one => one.Value);
        foreach (OperatorLedger part in ledger)
        {
            if (operators.TryGetValue(part.Operator, out OperatorRows? rows) && rows.PassesRows == part.PassesRows)
            {
                rows.In = part.RowsIn - (rows.PassesRows ? part.Absorbed : 0);
                rows.Out = part.RowsOut;
                rows.Filtered = part.Filtered;
                rows.Late = part.Late;
                rows.DeadLettered = part.DeadLettered;
                rows.Absorbed = rows.PassesRows ? 0 : part.Absorbed;
                rows.Restored = (rows.In, rows.Out, rows.Filtered, rows.Late, rows.DeadLettered);
            }
        }
    }

    /// <summary>
    /// What has passed each operator since the task began. Safe on any thread once all operators are created; the counts may be of different moments.
    /// </summary>
    public OperatorFlow[] Read() => [.. _operators.OrderBy(one => one.Key.Index).Select(one => FlowOf(one.Key.Id, one.Value))];

    /// <summary>The counts of this moment, in the order of the job's graph.</summary>
    public IReadOnlyList<OperatorLedger> Capture() =>
    [
        .. _operators.OrderBy(one => one.Key.Index).Select(one => new OperatorLedger(one.Key.Id, vertex, one.Key.Name)
        {
            PassesRows = one.Value.PassesRows,
            RowsIn = one.Value.In,
            RowsOut = one.Value.Out,
            Filtered = one.Value.Filtered,
            Late = one.Value.Late,
            DeadLettered = one.Value.DeadLettered,
            Absorbed = one.Value.Absorbed,
        }),
    ];

    private static OperatorFlow FlowOf(OperatorId id, OperatorRows rows)
    {
        (long In, long Out, long Filtered, long Late, long DeadLettered) restored = rows.Restored;
        return new OperatorFlow(id, rows.In - restored.In, rows.Out - restored.Out)
        {
            Filtered = rows.Filtered - restored.Filtered,
            Late = rows.Late - restored.Late,
            DeadLettered = rows.DeadLettered - restored.DeadLettered,
        };
    }
}
