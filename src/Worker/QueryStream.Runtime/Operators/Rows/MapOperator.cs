using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Makes one row of each.</summary>
internal sealed class MapOperator<TIn, TOut>(TaskContext context, string name, Func<TIn, TOut> function, IInput<TOut> output, RowErrors errors)
    : Operator<TIn>(context, name)
{
    public override void OnControl(in Control control)
    {
        output.OnControl(control);
        errors.OnControl(control);
    }

    protected override void Process(Batch<TIn> batch)
    {
        Batch<TOut> result = Batch<TOut>.Rent();
        result.Header = batch.Header;
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
                next++;
            }
        }

        if (result.Count > 0)
        {
            output.OnBatch(result);
        }

        result.Release();
        errors.Flush();
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
