using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Emits one row for each row.</summary>
internal sealed class MapOperator<TIn, TOut>(TaskContext context, MapNode<TIn, TOut> node, IInput<TOut> output, RowErrors errors)
    : RowOperator<TIn>(context, node, passesRows: true)
{
    private readonly Func<TIn, TOut> _function = node.Function;
    private bool _hasSkipped;

    public override void OnControl(in Control control)
    {
        output.OnControl(control);
        errors.OnControl(control);
    }

    protected override void Process(Batch<TIn> batch, ref int row)
    {
        Batch<TOut> result = Batch<TOut>.Rent();
        result.ShareFrames(batch);
        result.Origin.CopyFrom(batch.Origin);
        while (row < batch.Count)
        {
            try
            {
                Map(batch, result, ref row);
            }
            catch (Exception e) when (errors.AreHandled)
            {
                errors.Add(e, batch, row);
                Skip(batch, result, row++);
            }
        }

        if (_hasSkipped)
        {
            _hasSkipped = false;
            result.Origin.Choose(batch.Origin, result.Count);
        }

        if (result.Count > 0)
        {
            Counts.Out += result.Count;
            output.OnBatch(result);
        }

        result.Release();
        errors.Flush();
    }

    // From this row on, results and rows of the batch have different indexes.
    private void Skip(Batch<TIn> batch, Batch<TOut> result, int row)
    {
        Span<ushort> chosen = result.Origin.RoomForChosen();
        if (!_hasSkipped)
        {
            _hasSkipped = true;
            Number(chosen[..result.Count], 0);
        }

        Number(chosen[result.Count..(result.Count + batch.Count - row - 1)], row + 1);
    }

    private static void Number(Span<ushort> rows, int first)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = (ushort)(first + i);
        }
    }

    private void Map(Batch<TIn> batch, Batch<TOut> result, ref int row)
    {
        ReadOnlySpan<EventTime> times = batch.Times;
        ReadOnlySpan<TIn> rows = batch.Rows;
        for (int i = row; i < rows.Length; i++)
        {
            row = i;
            result.Add(_function(rows[i]), times[i]);
        }

        row = rows.Length;
    }
}
