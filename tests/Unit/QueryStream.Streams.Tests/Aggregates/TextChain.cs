namespace QueryStream.Streams.Tests.Aggregates;

internal struct TextChain
{
    public string? All;
}
