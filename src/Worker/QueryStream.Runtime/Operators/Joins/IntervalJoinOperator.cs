using QueryStream.Core.Time;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Joins;

namespace QueryStream.Runtime.Operators.Joins;

/// <summary>
/// Pairs rows whose times are within some distance. It emits a pair when the second of its rows arrives, and keeps a row until the watermark has
/// passed the times of all possible partners. Rows behind the watermark are late, even if they would match.
/// </summary>
internal sealed class IntervalJoinOperator<TKey, TLeft, TRight, TOut> : JoinOperator<TKey, TLeft, TRight, TOut>
{
    private readonly long _lower;
    private readonly long _upper;

    public IntervalJoinOperator(
        TaskContext context, JoinNode<TKey, TLeft, TRight, TOut> node, WithinInterval interval, FunctionOutputs<TOut> outputs)
        : base(context, node, outputs) => (_lower, _upper) = (interval.LowerMilliseconds, interval.UpperMilliseconds);

    protected override void OnLeft(in TLeft row, EventTime time)
    {
        if (time <= Watermark)
        {
            EmitLateLeft(row, time);
            return;
        }

        bool hasPartner = false;
        if (RightRows.Find() is { } right)
        {
            EventTime last = time.Add(_upper);
            for (int i = right.FirstFrom(time.Add(_lower)); i < right.Count && right.TimeAt(i) <= last; i++)
            {
                EmitPair(row, right.RowAt(i), EventTime.Max(time, right.TimeAt(i)));
                hasPartner = true;
            }
        }

        EventTime expiry = ExpiryOfLeft(time);
        if (expiry > Watermark)
        {
            TimedRows<TLeft> left = LeftRows.ForWrite();
            left.Add(LeftRows.Kept(row), time, hasPartner);
            Arm(left, expiry);
        }
        else if (IsOuter && !hasPartner)
        {
            EmitUnmatched(row, time);
        }
    }

    protected override void OnRight(in TRight row, EventTime time)
    {
        if (time <= Watermark)
        {
            EmitLateRight(row, time);
            return;
        }

        if (LeftRows.Find() is { } left)
        {
            int first = left.FirstFrom(time.Add(-_upper));
            int end = left.FirstAfter(time.Add(-_lower));
            for (int i = first; i < end; i++)
            {
                EmitPair(left.RowAt(i), row, EventTime.Max(time, left.TimeAt(i)));
            }

            // After the call, since its rows are taken back if the function throws.
            for (int i = first; i < end; i++)
            {
                left.Mark(i);
            }
        }

        EventTime expiry = ExpiryOfRight(time);
        if (expiry > Watermark)
        {
            TimedRows<TRight> right = RightRows.ForWrite();
            right.Add(RightRows.Kept(row), time, mark: false);
            Arm(right, expiry);
        }
    }

    protected override void OnTimer(EventTime time, TimeDomain domain)
    {
        if (RightRows.Find() is { } right)
        {
            DropRight(right);
        }

        if (LeftRows.Find() is { } left)
        {
            DropLeft(left);
        }
    }

    private EventTime ExpiryOfLeft(EventTime time) => time.Add(_upper);

    private EventTime ExpiryOfRight(EventTime time) => time.Add(-_lower);

    private void DropRight(TimedRows<TRight> right)
    {
        int expired = 0;
        while (expired < right.Count && ExpiryOfRight(right.TimeAt(expired)) <= Watermark)
        {
            expired++;
        }

        right.Armed = EventTime.MaxValue;
        if (expired < right.Count)
        {
            Arm(right, ExpiryOfRight(right.TimeAt(expired)));
        }

        RightRows.DropFirst(right, expired);
    }

    private void DropLeft(TimedRows<TLeft> left)
    {
        int expired = 0;
        int unmatched = 0;
        while (expired < left.Count && unmatched < MaxPerTimer && ExpiryOfLeft(left.TimeAt(expired)) <= Watermark)
        {
            unmatched += IsOuter && !left.IsMarked(expired) ? 1 : 0;
            expired++;
        }

        left.Armed = EventTime.MaxValue;
        if (expired < left.Count)
        {
            Arm(left, ExpiryOfLeft(left.TimeAt(expired)));
        }

        if (unmatched == 0)
        {
            LeftRows.DropFirst(left, expired);
            return;
        }

        // Rows are removed even if the function throws, so that it is not called for them again.
        try
        {
            for (int i = 0; i < expired; i++)
            {
                if (!left.IsMarked(i))
                {
                    EmitUnmatched(left.RowAt(i), EventTime.Max(left.TimeAt(i), ExpiryOfLeft(left.TimeAt(i))));
                }
            }
        }
        finally
        {
            LeftRows.DropFirst(left, expired);
        }
    }
}
