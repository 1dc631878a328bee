using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams.Joins;

/// <summary>The rows that a join makes, and those that came too late for it.</summary>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows that it makes.</typeparam>
public sealed class JoinStream<TLeft, TRight, TOut> : OperatorStream<TOut>
{
    // The engine's own names: functions of the job emit nothing here.
    internal static readonly SideOutput<TLeft> LateLeftOutput = new("late left");
    internal static readonly SideOutput<TRight> LateRightOutput = new("late right");

    internal JoinStream(StreamBuilder job, NodeOutput<TOut> rows)
        : base(job, rows)
    {
    }

    /// <summary>Rows of the first stream that came too late to be paired; counted in any case.</summary>
    public Stream<TLeft> LateLeft => new(Job, Node.SideOutputOf(LateLeftOutput));

    /// <summary>Rows of the second stream that came too late to be paired; counted in any case.</summary>
    public Stream<TRight> LateRight => new(Job, Node.SideOutputOf(LateRightOutput));

    /// <inheritdoc cref="OperatorStream{T}.OnError"/>
    public new JoinStream<TLeft, TRight, TOut> OnError(ErrorPolicy policy)
    {
        SetPolicy(policy);
        return this;
    }
}
