using QueryStream.Core.Time;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Joins;

/// <summary>Pairs the rows of a key that fall into the same window, when it ends. A row is late when all of its windows have ended.</summary>
internal abstract class WindowJoinOperator<TKey, TLeft, TRight, TOut>(
    TaskContext context, JoinNode<TKey, TLeft, TRight, TOut> node, FunctionOutputs<TOut> outputs)
    : JoinOperator<TKey, TLeft, TRight, TOut>(context, node, outputs)
{
    protected override void OnLeft(in TLeft row, EventTime time)
    {
        if (NextEnd(time) is not { } end)
        {
            EmitLateLeft(row, time);
            return;
        }

        TimedRows<TLeft> left = LeftRows.ForWrite();
        left.Add(LeftRows.Kept(row), time, mark: false);
        Arm(left, end);
    }

    protected override void OnRight(in TRight row, EventTime time)
    {
        if (NextEnd(time) is not { } end)
        {
            EmitLateRight(row, time);
            return;
        }

        TimedRows<TRight> right = RightRows.ForWrite();
        right.Add(RightRows.Kept(row), time, mark: false);
        Arm(right, end);
    }

    protected override void OnTimer(EventTime time, TimeDomain domain)
    {
        TimedRows<TLeft>? left = LeftRows.Find();
        TimedRows<TRight>? right = RightRows.Find();
        if (left is not null)
        {
            left.Armed = EventTime.MaxValue;
        }

        if (right is not null)
        {
            right.Armed = EventTime.MaxValue;
        }

        EndWindow(left, right, time);
    }

    /// <summary>The last millisecond of the first window of a row that has not ended; null if all have.</summary>
    protected abstract EventTime? NextEnd(EventTime time);

    /// <summary>
    /// Emits the result of an ended window, sets the timer of the next one, and removes rows that are in no later window.
    /// </summary>
    protected abstract void EndWindow(TimedRows<TLeft>? left, TimedRows<TRight>? right, EventTime end);

    /// <summary>Emits the pairs of a window.</summary>
    /// <param name="left">The left rows of the key.</param>
    /// <param name="lefts">The left rows of the window.</param>
    /// <param name="right">The right rows of the key.</param>
    /// <param name="rights">The right rows of the window.</param>
    /// <param name="end">The window's last millisecond.</param>
    protected void EmitWindow(TimedRows<TLeft>? left, Range lefts, TimedRows<TRight>? right, Range rights, EventTime end)
    {
        bool hasRight = !rights.Start.Equals(rights.End);
        for (int i = lefts.Start.Value; i < lefts.End.Value; i++)
        {
            for (int j = rights.Start.Value; j < rights.End.Value; j++)
            {
                EmitPair(left!.RowAt(i), right!.RowAt(j), end);
            }

            if (!hasRight && IsOuter)
            {
                EmitUnmatched(left!.RowAt(i), end);
            }
        }
    }

    /// <summary>Removes the first rows of both sides.</summary>
    protected void DropFirst(TimedRows<TLeft>? left, int lefts, TimedRows<TRight>? right, int rights)
    {
        if (left is not null)
        {
            LeftRows.DropFirst(left, lefts);
        }

        if (right is not null)
        {
            RightRows.DropFirst(right, rights);
        }
    }
}
