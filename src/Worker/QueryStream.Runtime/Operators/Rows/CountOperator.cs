using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Metrics;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Counts rows into a counter of the job, and forwards them.</summary>
internal sealed class CountOperator<T>(TaskContext context, CountNode<T> node, IInput<T> output) : RowOperator<T>(context, node, passesRows: true)
{
    private readonly Counter _counter = context.Metrics.CounterOf(node.Counter);

    public override void OnControl(in Control control) => output.OnControl(control);

    protected override void Process(Batch<T> batch, ref int row)
    {
        if (node.Condition is not { } condition)
        {
            row = batch.Count;
            _counter.Add(row);
        }
        else
        {
            _counter.Add(CountWhere(condition, batch, ref row));
        }

        Counts.Out += batch.Count;
        output.OnBatch(batch);
    }

    private static long CountWhere(Func<T, bool> condition, Batch<T> batch, ref int row)
    {
        long count = 0;
        ReadOnlySpan<T> rows = batch.Rows;
        for (int i = 0; i < rows.Length; i++)
        {
            row = i;
            count += condition(rows[i]) ? 1 : 0;
        }

        row = rows.Length;
        return count;
    }
}
