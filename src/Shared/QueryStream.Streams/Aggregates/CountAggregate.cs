using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>Counts rows, or those that meet a condition.</summary>
internal sealed class CountAggregate<TIn>(Func<TIn, bool>? where) : Aggregate<TIn, long, long>
{
    public override void Add(ref long accumulator, in TIn row) => accumulator += where is null || where(row) ? 1 : 0;

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        if (where is null)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                accumulators[i]++;
            }

            return;
        }

        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i]);
        }
    }

    public override void Merge(ref long into, ref long from) => into += from;

    public override long Result(ref long accumulator, bool isFinal) => accumulator;
}
