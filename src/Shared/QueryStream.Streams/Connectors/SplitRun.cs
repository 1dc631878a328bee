using QueryStream.Core.Time;

namespace QueryStream.Streams.Connectors;

/// <summary>Rows of one split that follow each other in a batch.</summary>
/// <param name="Split">Index of the split in its subtask.</param>
/// <param name="Rows">How many.</param>
/// <param name="MaxTime">Their latest event time.</param>
/// <param name="LastOffset">The position of the last record, a dead letter included.</param>
public readonly record struct SplitRun(int Split, int Rows, EventTime MaxTime, long LastOffset);
