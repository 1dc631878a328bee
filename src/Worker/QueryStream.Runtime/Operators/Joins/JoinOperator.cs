using QueryStream.Core.Time;
using QueryStream.Runtime.Operators.Process;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Joins;

/// <summary>What joins share: the rows of both sides that may still get partners, timers for when they may not any more, and late rows.</summary>
internal abstract class JoinOperator<TKey, TLeft, TRight, TOut> : KeyedFunctionOperator<TKey, TOut>
{
    /// <summary>Most left rows that one timer handles, about a millisecond's worth; the rest gets a timer of its own.</summary>
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

    /// <summary>Left rows that may still get partners.</summary>
    protected TimedRowsState<TLeft> LeftRows { get; }

    /// <summary>Right rows that may still get partners.</summary>
    protected TimedRowsState<TRight> RightRows { get; }

    /// <summary>The watermark: rows up to then are late.</summary>
    protected EventTime Watermark => Function.Watermark;

    /// <summary>Whether left rows without partners count.</summary>
    protected bool IsOuter => _node.Single is not null;

    /// <summary>
    /// The maximum of left rows per timer. One, if a failing row does not fail the task: it must not affect other rows.
    /// </summary>
    protected int MaxPerTimer => Errors.AreHandled ? 1 : RowsPerTimer;

    /// <summary>Called for each left row.</summary>
    protected abstract void OnLeft(in TLeft row, EventTime time);

    /// <summary>Called for each right row.</summary>
    protected abstract void OnRight(in TRight row, EventTime time);

    /// <summary>Emits a pair.</summary>
    protected void EmitPair(in TLeft left, in TRight right, EventTime time) => Function.Emit(_node.Pair(left, right), time);

    /// <summary>Emits a left row without a partner.</summary>
    protected void EmitSingle(in TLeft left, EventTime time) => Function.Emit(_node.Single!(left), time);

    /// <summary>A left row is too late.</summary>
    protected void RefuseLeft(in TLeft row, EventTime time)
    {
        Context.Metrics.LateDropped.Add(1);
        Counts.Late++;
        _outputs.Emit(_node.LateLeft, row, time);
    }

    /// <summary>A right row is too late.</summary>
    protected void RefuseRight(in TRight row, EventTime time)
    {
        Context.Metrics.LateDropped.Add(1);
        Counts.Late++;
        _outputs.Emit(_node.LateRight, row, time);
    }

    /// <summary>Has the selected key looked at when the watermark reaches a time.</summary>
    protected void Arm<TRow>(TimedRows<TRow> rows, EventTime time)
    {
        // The end of time means that no timer is set.
        if (time < rows.Armed || time == EventTime.MaxValue)
        {
            rows.Armed = time;
            Function.SetTimer(time);
        }
    }
}
