namespace QueryStream.Streams.Aggregates;

/// <summary>Counts rows, or those of them that a condition holds for.</summary>
internal sealed class CountAggregate<TIn>(Func<TIn, bool>? where) : Aggregate<TIn, long, long>
{
    public override void Add(ref long accumulator, in TIn row) => accumulator += where is null || where(row) ? 1 : 0;

    public override void Merge(ref long into, ref long from) => into += from;

    public override long Result(ref long accumulator, bool isFinal) => accumulator;
}
