using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Lets some rows pass, in a new batch, since others may read the one that came.</summary>
internal sealed class FilterOperator<T>(TaskContext context, string name, Func<T, bool> condition, IInput<T> output)
    : Operator<T>(context, name)
{
    public override void OnControl(in Control control) => output.OnControl(control);

    protected override void Process(Batch<T> batch)
    {
        Batch<T> result = Batch<T>.Rent();
        result.Header = batch.Header;
        ReadOnlySpan<EventTime> times = batch.Times;
        ReadOnlySpan<T> rows = batch.Rows;
        for (int i = 0; i < rows.Length; i++)
        {
            if (condition(rows[i]))
            {
                result.Add(rows[i], times[i]);
            }
        }

        if (result.Count > 0)
        {
            output.OnBatch(result);
        }

        result.Release();
    }
}
