using QueryStream.Core.Texts;
using QueryStream.Streams;

namespace QueryStream.Samples.WordCount;

/// <summary>The count of a word in a window.</summary>
/// <param name="Word">The word.</param>
/// <param name="Count">The count.</param>
/// <param name="From">The start of the window.</param>
[StreamRecord]
public readonly record struct WordCount(Text Word, long Count, DateTimeOffset From)
{
    /// <summary>A line for people.</summary>
    public override string ToString() => $"{From:HH:mm:ss} {Word} {Count}";
}
