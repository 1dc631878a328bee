using QueryStream.Core.Time;

namespace QueryStream.Streams.Connectors;

/// <summary>A split was read to its end.</summary>
/// <param name="Split">Index of the split in its subtask.</param>
/// <param name="At">The clock when the other side confirmed it.</param>
/// <param name="IsFinal">Whether nothing can follow.</param>
public readonly record struct SplitEnd(int Split, EventTime At, bool IsFinal);
