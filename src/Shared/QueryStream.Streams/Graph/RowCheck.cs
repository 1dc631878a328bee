using QueryStream.Core.Time;

namespace QueryStream.Streams.Graph;

/// <summary>Tries what will be done with a row. Called in turns of several tasks at a time, so it keeps nothing.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="row">The row.</param>
/// <param name="time">Its event time.</param>
public delegate void RowCheck<T>(in T row, EventTime time);
