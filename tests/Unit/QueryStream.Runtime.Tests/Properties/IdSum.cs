using QueryStream.Streams.Aggregates;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Adds up the numbers of the rows, so that a row that is lost and one that counts twice do not make up for each other.</summary>
internal sealed class IdSum : Aggregate<Event, long, long>
{
    public override void Add(ref long accumulator, in Event row) => accumulator += row.Id * row.Id;

    public override void Merge(ref long into, ref long from) => into += from;

    public override long Result(ref long accumulator, bool isFinal) => accumulator;
}

/// <summary>As <see cref="IdSum"/>, by an aggregate that can only take rows one by one.</summary>
internal sealed class UnmergeableIdSum : Aggregate<Event, long, long>
{
    public override bool IsMergeable => false;

    public override void Add(ref long accumulator, in Event row) => accumulator += row.Id * row.Id;

    public override void Merge(ref long into, ref long from) => throw new NotSupportedException("An aggregate that cannot be merged was.");

    public override long Result(ref long accumulator, bool isFinal) => accumulator;
}
