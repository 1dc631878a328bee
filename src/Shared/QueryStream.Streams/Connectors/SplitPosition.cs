using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

[assembly: CodecOf(typeof(QueryStream.Streams.Connectors.SplitPosition), typeof(QueryStream.Streams.Connectors.SplitPositionCodec))]

namespace QueryStream.Streams.Connectors;

/// <summary>How far a split was processed, in a snapshot.</summary>
/// <param name="Split">The split's name.</param>
/// <param name="Offset">Of the last record that was processed, dead letters included.</param>
/// <param name="Watermark">The split's watermark.</param>
public sealed record SplitPosition(string Split, long Offset, EventTime Watermark);
