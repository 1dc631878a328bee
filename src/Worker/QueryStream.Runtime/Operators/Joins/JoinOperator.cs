using QueryStream.Core.Time;
using QueryStream.Runtime.Operators.Process;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Joins;

/// <summary>The base of joins: keeps the rows of both sides that may still match, sets timers for their expiry, and emits late rows.</summary>
internal abstract class JoinOperator<TKey, TLeft, TRight, TOut> : KeyedFunctionOperator<TKey, TOut>
{
    /// <summary>The maximum number of left rows per timer, about a millisecond of work; the others get another timer.</summary>
    private const int RowsPerTimer = 1024;

    private readonly JoinNode<TKey, TLeft, TRight, TOut> _node;
    private readonly FunctionOutputs<TOut> _outputs;

    protected JoinOperator(TaskContext context, JoinNode<TKey, TLeft, TRight, TOut> node, FunctionOutputs<TOut> outputs)
        : base(context, node, outputs)
    {
        _node = node;
        _outputs = outputs;
        LeftRows = States.AddTimedRows<TLeft>("left");
        RightRows = States.AddTimedRows<TRight>("right");
        States.Close();
        Left = new KeyedPort<TLeft>(this, node.LeftKey, (in TLeft row) => OnLeft(row, Function.Time));
        Right = new KeyedPort<TRight>(this, node.RightKey, (in TRight row) => OnRight(row, Function.Time));
    }

    /// <summary>Takes the rows of the first stream.</summary>
    public IInput<TLeft> Left { get; }

    /// <summary>Takes the rows of the second stream.</summary>
    public IInput<TRight> Right { get; }

    /// <summary>Left rows that may still match.</summary>
    protected TimedRowsState<TLeft> LeftRows { get; }

    /// <summary>Right rows that may still match.</summary>
    protected TimedRowsState<TRight> RightRows { get; }

    /// <summary>The watermark: rows up to then are late.</summary>
    protected EventTime Watermark => Function.Watermark;

    /// <summary>Whether unmatched left rows are emitted.</summary>
    protected bool IsOuter => _node.Unmatched is not null;

    /// <summary>
    /// The maximum number of left rows per timer. 1 if failing rows do not fail the task, so that they do not affect other rows.
    /// </summary>
    protected int MaxPerTimer => Errors.AreHandled ? 1 : RowsPerTimer;

    /// <summary>Called for each left row.</summary>
    protected abstract void OnLeft(in TLeft row, EventTime time);

    /// <summary>Called for each right row.</summary>
    protected abstract void OnRight(in TRight row, EventTime time);

    /// <summary>Emits a pair.</summary>
    protected void EmitPair(in TLeft left, in TRight right, EventTime time) => Function.Emit(_node.Pair(left, right), time);

    /// <summary>Emits an unmatched left row.</summary>
    protected void EmitUnmatched(in TLeft left, EventTime time) => Function.Emit(_node.Unmatched!(left), time);

    /// <summary>Emits and counts a late left row.</summary>
    protected void EmitLateLeft(in TLeft row, EventTime time)
    {
        Context.Metrics.LateDropped.Add(1);
        Counts.Late++;
        _outputs.Emit(_node.LateLeft, row, time);
    }

    /// <summary>Emits and counts a late right row.</summary>
    protected void EmitLateRight(in TRight row, EventTime time)
    {
        Context.Metrics.LateDropped.Add(1);
        Counts.Late++;
        _outputs.Emit(_node.LateRight, row, time);
    }

    /// <summary>Sets a timer of the selected key for a watermark, unless there is an earlier one.</summary>
    protected void Arm<TRow>(TimedRows<TRow> rows, EventTime time)
    {
        // Armed is MaxValue if no timer is set, so a timer for MaxValue is always set; setting it twice does nothing.
        if (time < rows.Armed || time == EventTime.MaxValue)
        {
            rows.Armed = time;
            Function.SetTimer(time);
        }
    }
}
