using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Metrics;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Counts records that may come several times, each once.</summary>
internal sealed class CountOnceOperator<T>(TaskContext context, string name, string counter, Func<T, RecordPosition> position)
    : Operator<T>(context, name)
{
    private readonly Counter _counter = context.Metrics.CounterOf(counter);
    private readonly Dictionary<int, SeenOffsets> _seen = [];

    public override void OnControl(in Control control)
    {
    }

    protected override void Process(Batch<T> batch)
    {
        long count = 0;
        foreach (ref readonly T row in batch.Rows)
        {
            RecordPosition at = position(row);
            if (!_seen.TryGetValue(at.Partition, out SeenOffsets? offsets))
            {
                offsets = new SeenOffsets();
                _seen.Add(at.Partition, offsets);
            }

            count += offsets.Add(at.Offset) ? 1 : 0;
        }

        _counter.Add(count);
    }
}
