using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Forwards the rows that meet a condition, in a new batch, since other operators may read the one that came.</summary>
internal sealed class FilterOperator<T>(TaskContext context, string name, Func<T, bool> condition, IInput<T> output, RowErrors errors)
    : RowOperator<T>(context, name)
{
    public override void OnControl(in Control control)
    {
        output.OnControl(control);
        errors.OnControl(control);
    }

    protected override void Process(Batch<T> batch, ref int row)
    {
        Batch<T> result = Batch<T>.Rent();
        result.ShareFrames(batch);
        while (row < batch.Count)
        {
            try
            {
                Filter(batch, result, ref row);
            }
            catch (Exception e) when (errors.AreHandled)
            {
                errors.Add(e, batch, row);
                row++;
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

    private void Filter(Batch<T> batch, Batch<T> result, ref int row)
    {
        ReadOnlySpan<EventTime> times = batch.Times;
        ReadOnlySpan<T> rows = batch.Rows;
        Span<ushort> chosen = result.Origin.RoomForChosen();
        for (; row < rows.Length; row++)
        {
            if (condition(rows[row]))
            {
                chosen[result.Count] = (ushort)row;
                result.Add(rows[row], times[row]);
            }
        }
    }
}
