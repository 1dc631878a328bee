using QueryStream.Core.Texts;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

/// <summary>Concatenates names, which depends on their order.</summary>
internal sealed class ChainAggregate : Aggregate<(long? Number, decimal? Price, Text Name), TextChain, string>
{
    public override bool IsMergeable => false;

    public override void Add(ref TextChain accumulator, in (long? Number, decimal? Price, Text Name) row) => accumulator.All += row.Name.ToString();

    public override void Merge(ref TextChain into, ref TextChain from) => throw new NotSupportedException();

    public override string Result(ref TextChain accumulator, bool isFinal) => accumulator.All ?? "";
}

internal struct TextChain
{
    public string? All;
}
