using QueryStream.Core.Time;

namespace QueryStream.TestKit.Connectors;

/// <summary>A row as a source brought it.</summary>
/// <typeparam name="T">The row.</typeparam>
/// <param name="Split">The index of its split in the subtask.</param>
/// <param name="Row">The row.</param>
/// <param name="Time">Its event time.</param>
public readonly record struct SourceRow<T>(int Split, T Row, EventTime Time);
