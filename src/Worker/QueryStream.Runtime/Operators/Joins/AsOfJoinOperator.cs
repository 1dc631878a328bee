using QueryStream.Core.Time;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Joins;

/// <summary>
/// Finds for each left row the last right row that is not after it. A left row waits for the watermark, so that all right rows up to its time
/// have arrived. The operator keeps the right rows that a later left row may match: the last one up to the watermark, and all after it.
/// </summary>
internal sealed class AsOfJoinOperator<TKey, TLeft, TRight, TOut>(
    TaskContext context, JoinNode<TKey, TLeft, TRight, TOut> node, FunctionOutputs<TOut> outputs)
    : JoinOperator<TKey, TLeft, TRight, TOut>(context, node, outputs)
{
    protected override void OnLeft(in TLeft row, EventTime time)
    {
        if (time <= Watermark)
        {
            EmitLateLeft(row, time);
            return;
        }

        TimedRows<TLeft> left = LeftRows.ForWrite();
        left.Add(LeftRows.Kept(row), time, mark: false);
        Arm(left, time);
    }

    protected override void OnRight(in TRight row, EventTime time)
    {
        TimedRows<TRight> right = RightRows.ForWrite();
        right.DropFirst(CountExpired(right));
        if (right.Count > 0 && time < right.TimeAt(0) && right.TimeAt(0) <= Watermark)
        {
            // A later right row matches all left rows to come.
            EmitLateRight(row, time);
            return;
        }

        right.Put(RightRows.Kept(row), time);
    }

    protected override void OnTimer(EventTime time, TimeDomain domain)
    {
        if (LeftRows.Find() is not { } left)
        {
            return;
        }

        int due = Math.Min(left.FirstAfter(Watermark), MaxPerTimer);
        left.Armed = EventTime.MaxValue;
        if (due < left.Count)
        {
            Arm(left, left.TimeAt(due));
        }

        // Rows are removed even if the function throws, so that it is not called for them again.
        try
        {
            Answer(left, due);
        }
        finally
        {
            LeftRows.DropFirst(left, due);
        }
    }

    private void Answer(TimedRows<TLeft> left, int due)
    {
        TimedRows<TRight>? right = RightRows.Find();
        for (int i = 0; i < due; i++)
        {
            EventTime time = left.TimeAt(i);
            int version = (right?.FirstAfter(time) ?? 0) - 1;
            if (version >= 0)
            {
                EmitPair(left.RowAt(i), right!.RowAt(version), time);
            }
            else if (IsOuter)
            {
                EmitUnmatched(left.RowAt(i), time);
            }
        }
    }

    // All left rows up to the watermark have been emitted.
    private int CountExpired(TimedRows<TRight> right) => Math.Max(0, right.FirstAfter(Watermark) - 1);
}
