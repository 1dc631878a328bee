using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Lets some rows pass, in a new batch, since others may read the one that came.</summary>
internal sealed class FilterOperator<T>(TaskContext context, string name, Func<T, bool> condition, IInput<T> output, RowErrors errors)
    : Operator<T>(context, name)
{
    public override void OnControl(in Control control)
    {
        output.OnControl(control);
        errors.OnControl(control);
    }

    protected override void Process(Batch<T> batch)
    {
        Batch<T> result = Batch<T>.Rent();
        result.ShareFrames(batch);
        int next = 0;
        while (next < batch.Count)
        {
            try
            {
                Filter(batch, result, ref next);
            }
            catch (Exception e) when (errors.Handle(batch, next))
            {
                errors.Add(e, batch, next);
                next++;
            }
        }

        if (result.Count == batch.Count)
        {
            result.Origin.CopyFrom(batch.Origin);
        }
        else
        {
            result.Origin.Choose(batch.Origin, result.Count);
        }

        if (result.Count > 0)
        {
            output.OnBatch(result);
        }

        result.Release();
        errors.Flush();
    }

    private void Filter(Batch<T> batch, Batch<T> result, ref int next)
    {
        ReadOnlySpan<EventTime> times = batch.Times;
        ReadOnlySpan<T> rows = batch.Rows;
        Span<ushort> chosen = result.Origin.RoomForChosen();
        for (; next < rows.Length; next++)
        {
            if (condition(rows[next]))
            {
                chosen[result.Count] = (ushort)next;
                result.Add(rows[next], times[next]);
            }
        }
    }
}
