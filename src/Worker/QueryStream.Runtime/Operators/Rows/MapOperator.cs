using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Makes one row of each.</summary>
internal sealed class MapOperator<TIn, TOut>(TaskContext context, string name, Func<TIn, TOut> function, IInput<TOut> output)
    : Operator<TIn>(context, name)
{
    public override void OnControl(in Control control) => output.OnControl(control);

    protected override void Process(Batch<TIn> batch)
    {
        Batch<TOut> result = Batch<TOut>.Rent();
        result.Header = batch.Header;
        ReadOnlySpan<EventTime> times = batch.Times;
        ReadOnlySpan<TIn> rows = batch.Rows;
        for (int i = 0; i < rows.Length; i++)
        {
            result.Add(function(rows[i]), times[i]);
        }

        output.OnBatch(result);
        result.Release();
    }
}
