using QueryStream.Core.Texts;
using QueryStream.Streams;

namespace QueryStream.Samples.WordCount;

/// <summary>How often a word came in a window.</summary>
/// <param name="Word">The word.</param>
/// <param name="Count">How often.</param>
/// <param name="From">When the window began.</param>
[StreamRecord]
public readonly record struct WordCount(Text Word, long Count, DateTimeOffset From)
{
    /// <summary>A line for people.</summary>
    public override string ToString() => $"{From:HH:mm:ss} {Word} {Count}";
}
