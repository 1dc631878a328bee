using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Removes the rows for which an operator downstream would throw: those without a key, and those that cannot be aggregated.</summary>
internal sealed class RowCheckOperator<T>(TaskContext context, RowCheckNode<T> node, IInput<T> output, RowErrors errors)
    : RowOperator<T>(context, node, passesRows: true)
{
    public override void OnControl(in Control control)
    {
        output.OnControl(control);
        errors.OnControl(control);
    }

    protected override void Process(Batch<T> batch, ref int row)
    {
        // Usually all rows pass, and the batch is forwarded unchanged.
        Batch<T>? rest = null;
        int kept = 0;
        while (row < batch.Count)
        {
            try
            {
                Check(batch, ref row);
            }
            catch (Exception e) when (errors.AreHandled)
            {
                rest = Keep(batch, rest, kept, row);
                errors.Add(e, batch, row);
                kept = ++row;
            }
        }

        if (rest is null)
        {
            Counts.Out += batch.Count;
            output.OnBatch(batch);
            return;
        }

        Keep(batch, rest, kept, row);
        rest.Origin.Choose(batch.Origin, rest.Count);
        if (rest.Count > 0)
        {
            Counts.Out += rest.Count;
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

    private void Check(Batch<T> batch, ref int row)
    {
        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        for (int i = row; i < rows.Length; i++)
        {
            row = i;
            node.Check(rows[i], times[i]);
        }

        row = rows.Length;
    }
}
