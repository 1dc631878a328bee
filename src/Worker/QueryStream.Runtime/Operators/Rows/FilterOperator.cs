using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Forwards the rows that meet a condition. In a new batch, since other operators may read the input batch.</summary>
internal sealed class FilterOperator<T>(TaskContext context, FilterNode<T> node, IInput<T> output, RowErrors errors)
    : RowOperator<T>(context, node, passesRows: true)
{
    private readonly Func<T, bool> _condition = node.Condition;

    public override void OnControl(in Control control)
    {
        output.OnControl(control);
        errors.OnControl(control);
    }

    protected override void Process(Batch<T> batch, ref int row)
    {
        long failed = Counts.DeadLettered;
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

        Counts.Filtered += row - result.Count - (Counts.DeadLettered - failed);
        if (result.Count > 0)
        {
            Counts.Out += result.Count;
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
            if (_condition(rows[row]))
            {
                chosen[result.Count] = (ushort)row;
                result.Add(rows[row], times[row]);
            }
        }
    }
}
