using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Makes one row of each.</summary>
internal sealed class MapOperator<TIn, TOut>(TaskContext context, string name, Func<TIn, TOut> function, IInput<TOut> output, RowErrors errors)
    : Operator<TIn>(context, name)
{
    private bool _hasLeft;

    public override void OnControl(in Control control)
    {
        output.OnControl(control);
        errors.OnControl(control);
    }

    protected override void Process(Batch<TIn> batch)
    {
        Batch<TOut> result = Batch<TOut>.Rent();
        result.ShareFrames(batch);
        result.Origin.CopyFrom(batch.Origin);
        int next = 0;
        while (next < batch.Count)
        {
            try
            {
                Map(batch, result, ref next);
            }
            catch (Exception e) when (errors.Handle(batch, next))
            {
                errors.Add(e, batch, next);
                Leave(batch, result, next++);
            }
        }

        if (_hasLeft)
        {
            _hasLeft = false;
            result.Origin.Choose(batch.Origin, result.Count);
        }

        if (result.Count > 0)
        {
            output.OnBatch(result);
        }

        result.Release();
        errors.Flush();
    }

    // From now on the rows' numbers are those of rows further on in the batch.
    private void Leave(Batch<TIn> batch, Batch<TOut> result, int row)
    {
        Span<ushort> chosen = result.Origin.RoomForChosen();
        if (!_hasLeft)
        {
            _hasLeft = true;
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

    private void Map(Batch<TIn> batch, Batch<TOut> result, ref int next)
    {
        ReadOnlySpan<EventTime> times = batch.Times;
        ReadOnlySpan<TIn> rows = batch.Rows;
        for (; next < rows.Length; next++)
        {
            result.Add(function(rows[next]), times[next]);
        }
    }
}
