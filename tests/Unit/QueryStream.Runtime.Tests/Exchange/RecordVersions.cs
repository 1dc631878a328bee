using QueryStream.Streams;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>A record as one worker has it.</summary>
internal static class Before
{
    /// <summary>The record.</summary>
    [StreamRecord]
    public sealed record Order(int Id, string Page);
}

/// <summary>The same record as another worker has it: a member has come.</summary>
internal static class After
{
    /// <summary>The record.</summary>
    [StreamRecord]
    public sealed record Order(int Id, string Page, int Visits);
}
