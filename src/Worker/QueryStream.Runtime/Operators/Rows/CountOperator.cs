using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Metrics;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Counts rows into a counter of the job, and lets them pass.</summary>
internal sealed class CountOperator<T>(TaskContext context, string name, string counter, Func<T, bool>? condition, IInput<T> output)
    : Operator<T>(context, name)
{
    private readonly Counter _counter = context.Metrics.CounterOf(counter);

    public override void OnControl(in Control control) => output.OnControl(control);

    protected override void Process(Batch<T> batch)
    {
        long count = batch.Count;
        if (condition is not null)
        {
            count = 0;
            foreach (ref readonly T row in batch.Rows)
            {
                count += condition(row) ? 1 : 0;
            }
        }

        _counter.Add(count);
        output.OnBatch(batch);
    }
}
