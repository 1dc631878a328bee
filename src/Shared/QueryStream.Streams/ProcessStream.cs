using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams;

/// <summary>The rows that a function emits.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class ProcessStream<T> : Stream<T>
{
    private readonly StreamNode _node;

    internal ProcessStream(StreamBuilder job, NodeOutput<T> rows)
        : base(job, rows) => _node = rows.Node;

    /// <summary>The rows that the function emits on a side output.</summary>
    public Stream<TSide> Side<TSide>(SideOutput<TSide> output) => new(Job, _node.SideOutputOf(output));
}
