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
        _counter.Add(condition is null ? batch.Count : CountOf(batch, condition));
        output.OnBatch(batch);
    }

    private long CountOf(Batch<T> batch, Func<T, bool> counts)
    {
        long count = 0;
        int next = 0;
        try
        {
            ReadOnlySpan<T> rows = batch.Rows;
            for (; next < rows.Length; next++)
            {
                count += counts(rows[next]) ? 1 : 0;
            }
        }
        catch (Exception) when (Context.Blame(Name, batch, next))
        {
            // Blame never catches: it only notes where it was.
            throw;
        }

        return count;
    }
}
