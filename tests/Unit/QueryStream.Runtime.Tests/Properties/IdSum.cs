using QueryStream.Streams.Aggregates;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Sums the squares of row ids, so that a lost row and a duplicate do not cancel out.</summary>
internal sealed class IdSum : Aggregate<Event, long, long>
{
    public override void Add(ref long accumulator, in Event row) => accumulator += row.Id * row.Id;

    public override void Merge(ref long into, ref long from) => into += from;

    public override long Result(ref long accumulator, bool isFinal) => accumulator;
}

/// <summary>Like <see cref="IdSum"/>, but not mergeable.</summary>
internal sealed class UnmergeableIdSum : Aggregate<Event, long, long>
{
    public override bool IsMergeable => false;

    public override void Add(ref long accumulator, in Event row) => accumulator += row.Id * row.Id;

    public override void Merge(ref long into, ref long from) => throw new NotSupportedException("An aggregate that cannot be merged was.");

    public override long Result(ref long accumulator, bool isFinal) => accumulator;
}
