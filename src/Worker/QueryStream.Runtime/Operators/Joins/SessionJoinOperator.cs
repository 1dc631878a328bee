using QueryStream.Core.Time;
using QueryStream.Runtime.Operators.Windows.Sessions;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Joins;

/// <summary>A join in sessions that consist of the rows of both sides.</summary>
internal sealed class SessionJoinOperator<TKey, TLeft, TRight, TOut>(
    TaskContext context, JoinNode<TKey, TLeft, TRight, TOut> node, Session session, FunctionOutputs<TOut> outputs)
    : WindowJoinOperator<TKey, TLeft, TRight, TOut>(context, node, outputs)
{
    private readonly long _gap = session.GapMilliseconds;

    public override void OnControl(in Control control) => base.OnControl(SessionTime.Of(control));

    // A row behind the watermark is in time if it is near a row that is still kept: rows of ended sessions were removed.
    protected override EventTime? NextEnd(EventTime time)
    {
        EventTime end = EndAfter(time);
        return end > Watermark || IsNear(LeftRows.Find(), time) || IsNear(RightRows.Find(), time) ? end : null;
    }

    protected override void EndWindow(TimedRows<TLeft>? left, TimedRows<TRight>? right, EventTime end)
    {
        (int lefts, int rights, EventTime last) = FirstSession(left, right);
        if (lefts + rights == 0)
        {
            return;
        }

        EventTime sessionEnd = EndAfter(last);
        if (sessionEnd > Watermark)
        {
            Function.SetTimer(sessionEnd);
            return;
        }

        if (lefts < left?.Count || rights < right?.Count)
        {
            // The next session may have ended too, but not before one gap after its first row.
            EventTime next = EventTime.Min(
                lefts < left?.Count ? left.TimeAt(lefts) : EventTime.MaxValue, rights < right?.Count ? right.TimeAt(rights) : EventTime.MaxValue);
            Function.SetTimer(EndAfter(next));
        }

        // Rows are removed even if the function throws, so that it is not called for them again.
        try
        {
            EmitWindow(left, 0..lefts, right, 0..rights, sessionEnd);
        }
        finally
        {
            DropFirst(left, lefts, right, rights);
        }
    }

    // The last millisecond of a session whose last row has this time.
    private EventTime EndAfter(EventTime time) => time.Add(_gap - 1);

    private bool IsNear<TRow>(TimedRows<TRow>? rows, EventTime time)
    {
        if (rows is null)
        {
            return false;
        }

        int next = rows.FirstFrom(time.Add(-_gap));
        return next < rows.Count && rows.TimeAt(next) <= time.Add(_gap);
    }

    // The number of rows of both sides in the session, and the time of the last one.
    private (int Lefts, int Rights, EventTime Last) FirstSession(TimedRows<TLeft>? left, TimedRows<TRight>? right)
    {
        int i = 0;
        int j = 0;
        EventTime last = EventTime.MinValue;
        while (true)
        {
            bool hasLeft = i < left?.Count;
            bool hasRight = j < right?.Count;
            if (!hasLeft && !hasRight)
            {
                return (i, j, last);
            }

            bool isLeft = hasLeft && (!hasRight || left!.TimeAt(i) <= right!.TimeAt(j));
            EventTime next = isLeft ? left!.TimeAt(i) : right!.TimeAt(j);
            if (i + j > 0 && next > last.Add(_gap))
            {
                return (i, j, last);
            }

            last = next;
            i += isLeft ? 1 : 0;
            j += isLeft ? 0 : 1;
        }
    }
}
