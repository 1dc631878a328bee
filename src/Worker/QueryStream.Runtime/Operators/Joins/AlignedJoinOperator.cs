using QueryStream.Core.Time;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Joins;

/// <summary>A join in tumbling, sliding or cumulating windows. A key has one timer, for the next window that has rows.</summary>
internal sealed class AlignedJoinOperator<TKey, TLeft, TRight, TOut>(
    TaskContext context, JoinNode<TKey, TLeft, TRight, TOut> node, AlignedWindows windows, FunctionOutputs<TOut> outputs)
    : WindowJoinOperator<TKey, TLeft, TRight, TOut>(context, node, outputs)
{
    protected override EventTime? NextEnd(EventTime time)
    {
        // A window has ended when the watermark has reached its last millisecond.
        EventTime end = windows.FirstEndAfter(time > Watermark ? time : Watermark.Add(1));
        return end <= windows.LastEndOf(time) && Watermark < EventTime.MaxValue ? end.Add(-1) : null;
    }

    protected override void EndWindow(TimedRows<TLeft>? left, TimedRows<TRight>? right, EventTime end)
    {
        EventTime windowEnd = end.Add(1);
        EventTime start = windows.StartOf(windowEnd);
        int firstLeft = left?.FirstFrom(start) ?? 0;
        int firstRight = right?.FirstFrom(start) ?? 0;
        int endLeft = left?.FirstFrom(windowEnd) ?? 0;
        int endRight = right?.FirstFrom(windowEnd) ?? 0;
        int goneLeft = CountExpired(left, endLeft, windowEnd);
        int goneRight = CountExpired(right, endRight, windowEnd);
        if (Next(left, goneLeft, windowEnd) is { } nextOfLeft)
        {
            Arm(left!, nextOfLeft);
        }

        if (Next(right, goneRight, windowEnd) is { } nextOfRight)
        {
            Arm(right!, nextOfRight);
        }

        // Rows are removed even if the function throws, so that it is not called for them again.
        try
        {
            EmitWindow(left, firstLeft..endLeft, right, firstRight..endRight, end);
        }
        finally
        {
            DropFirst(left, goneLeft, right, goneRight);
        }
    }

    // How many rows, from the first, are in no later window.
    private int CountExpired<TRow>(TimedRows<TRow>? rows, int limit, EventTime windowEnd)
    {
        int gone = 0;
        while (gone < limit && windows.LastEndOf(rows!.TimeAt(gone)) <= windowEnd)
        {
            gone++;
        }

        return gone;
    }

    private EventTime? Next<TRow>(TimedRows<TRow>? rows, int gone, EventTime windowEnd) =>
        rows is null || gone == rows.Count ? null : windows.FirstEndAfter(EventTime.Max(windowEnd, rows.TimeAt(gone))).Add(-1);
}
