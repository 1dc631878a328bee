using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams;

/// <summary>The output of a function.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class ProcessStream<T> : OperatorStream<T>
{
    internal ProcessStream(StreamBuilder job, NodeOutput<T> rows)
        : base(job, rows)
    {
    }

    /// <summary>The rows that the function emits to a side output.</summary>
    public Stream<TSide> Side<TSide>(SideOutput<TSide> output) => new(Job, Node.SideOutputOf(output));

    /// <inheritdoc cref="OperatorStream{T}.OnError"/>
    public new ProcessStream<T> OnError(ErrorPolicy policy)
    {
        SetPolicy(policy);
        return this;
    }

    /// <inheritdoc cref="OperatorStream{T}.Parallelism"/>
    public new ProcessStream<T> Parallelism(int subtasks)
    {
        Node.SetParallelism(subtasks);
        return this;
    }
}
