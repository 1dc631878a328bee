using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams.Joins;

/// <summary>The rows that a join emits, and the rows that were too late for it.</summary>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows that the join emits.</typeparam>
public sealed class JoinStream<TLeft, TRight, TOut> : OperatorStream<TOut>
{
    // Only the engine emits to these.
    internal static readonly SideOutput<TLeft> LateLeftOutput = new("late left");
    internal static readonly SideOutput<TRight> LateRightOutput = new("late right");

    internal JoinStream(StreamBuilder job, NodeOutput<TOut> rows)
        : base(job, rows)
    {
    }

    /// <summary>Late rows of the first stream. They are counted, whether or not this output is read.</summary>
    public Stream<TLeft> LateLeft => new(Job, Node.SideOutputOf(LateLeftOutput));

    /// <summary>Late rows of the second stream. They are counted, whether or not this output is read.</summary>
    public Stream<TRight> LateRight => new(Job, Node.SideOutputOf(LateRightOutput));

    /// <inheritdoc cref="OperatorStream{T}.OnError"/>
    public new JoinStream<TLeft, TRight, TOut> OnError(ErrorPolicy policy)
    {
        SetPolicy(policy);
        return this;
    }

    /// <inheritdoc cref="OperatorStream{T}.Parallelism"/>
    public new JoinStream<TLeft, TRight, TOut> Parallelism(int subtasks)
    {
        Node.SetParallelism(subtasks);
        return this;
    }
}
