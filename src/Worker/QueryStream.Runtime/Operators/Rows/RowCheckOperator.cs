using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Keeps back rows that an operator behind it could not handle: those without a key, those that cannot be folded.</summary>
internal sealed class RowCheckOperator<T>(TaskContext context, RowCheckNode<T> node, IInput<T> output, RowErrors errors)
    : Operator<T>(context, node.Name)
{
    public override void OnControl(in Control control)
    {
        output.OnControl(control);
        errors.OnControl(control);
    }

    protected override void Process(Batch<T> batch)
    {
        // Where all rows will do, which is the rule, the batch goes on as it is.
        Batch<T>? rest = null;
        int next = 0;
        int kept = 0;
        while (next < batch.Count)
        {
            try
            {
                Check(batch, ref next);
            }
            catch (Exception e) when (errors.Handle(batch, next))
            {
                rest = Keep(batch, rest, kept, next);
                errors.Add(e, batch, next);
                kept = ++next;
            }
        }

        if (rest is null)
        {
            output.OnBatch(batch);
            return;
        }

        Keep(batch, rest, kept, next);
        rest.Origin.Choose(batch.Origin, rest.Count);
        if (rest.Count > 0)
        {
            output.OnBatch(rest);
        }

        rest.Release();
        errors.Flush();
    }

    private static Batch<T> Keep(Batch<T> batch, Batch<T>? rest, int from, int to)
    {
        if (rest is null)
        {
            rest = Batch<T>.Rent();
            rest.ShareFrames(batch);
        }

        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        Span<ushort> chosen = rest.Origin.RoomForChosen();
        for (int row = from; row < to; row++)
        {
            chosen[rest.Count] = (ushort)row;
            rest.Add(rows[row], times[row]);
        }

        return rest;
    }

    private void Check(Batch<T> batch, ref int next)
    {
        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        for (; next < rows.Length; next++)
        {
            node.Check(rows[next], times[next]);
        }
    }
}
