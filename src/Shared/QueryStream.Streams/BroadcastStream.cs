using QueryStream.Streams.Graph;

namespace QueryStream.Streams;

/// <summary>Rows that every subtask of what comes next sees: rules, settings, small tables.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class BroadcastStream<T> : Stream<T>
{
    internal BroadcastStream(Stream<T> rows)
        : base(rows, Exchange.Broadcast)
    {
    }
}
