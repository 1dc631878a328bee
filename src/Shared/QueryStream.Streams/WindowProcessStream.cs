using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams;

/// <summary>The output of a window function.</summary>
/// <typeparam name="TIn">The rows of the windows.</typeparam>
/// <typeparam name="T">The rows.</typeparam>
public sealed class WindowProcessStream<TIn, T> : OperatorStream<T>
{
    private readonly SideOutput<TIn> _late;

    internal WindowProcessStream(StreamBuilder job, NodeOutput<T> rows, SideOutput<TIn> late)
        : base(job, rows) => _late = late;

    /// <summary>Rows that are late for all of their windows. They are counted, whether or not this output is read.</summary>
    public Stream<TIn> Late => Side(_late);

    /// <summary>The rows that the function emits to a side output.</summary>
    public Stream<TSide> Side<TSide>(SideOutput<TSide> output) => new(Job, Node.SideOutputOf(output));

    /// <inheritdoc cref="OperatorStream{T}.OnError"/>
    public new WindowProcessStream<TIn, T> OnError(ErrorPolicy policy)
    {
        SetPolicy(policy);
        return this;
    }

    /// <inheritdoc cref="OperatorStream{T}.Parallelism"/>
    public new WindowProcessStream<TIn, T> Parallelism(int subtasks)
    {
        Node.SetParallelism(subtasks);
        return this;
    }
}
