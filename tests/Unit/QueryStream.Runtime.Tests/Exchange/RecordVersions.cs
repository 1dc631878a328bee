using QueryStream.Streams;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>One worker's version of a record.</summary>
internal static class Before
{
    /// <summary>The record.</summary>
    [StreamRecord]
    public sealed record Order(int Id, string Page);
}

/// <summary>Another worker's version of the record, with one more member.</summary>
internal static class After
{
    /// <summary>The record.</summary>
    [StreamRecord]
    public sealed record Order(int Id, string Page, int Visits);
}
