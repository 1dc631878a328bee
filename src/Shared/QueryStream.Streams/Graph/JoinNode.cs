using QueryStream.Streams.Functions;
using QueryStream.Streams.Joins;

namespace QueryStream.Streams.Graph;

/// <summary>Pairs the rows of two keyed streams by their event times.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows it makes.</typeparam>
public sealed class JoinNode<TKey, TLeft, TRight, TOut> : KeyedPairNode<TKey, TLeft, TRight, TOut>
{
    internal JoinNode(
        KeyedStream<TLeft, TKey> left,
        KeyedStream<TRight, TKey> right,
        JoinCondition condition,
        Func<TLeft, TRight, TOut> pair,
        Func<TLeft, TOut>? unmatched)
        : base("Join", left, right)
    {
        Condition = condition;
        Pair = pair;
        Unmatched = unmatched;
    }

    /// <summary>The condition of the join.</summary>
    public JoinCondition Condition { get; }

    /// <summary>Creates the row of a pair.</summary>
    public Func<TLeft, TRight, TOut> Pair { get; }

    /// <summary>Creates the row of an unmatched left row; null in an inner join.</summary>
    public Func<TLeft, TOut>? Unmatched { get; }

    /// <summary>Late left rows.</summary>
    public SideOutput<TLeft> LateLeft => JoinStream<TLeft, TRight, TOut>.LateLeftOutput;

    /// <summary>Late right rows.</summary>
    public SideOutput<TRight> LateRight => JoinStream<TLeft, TRight, TOut>.LateRightOutput;

    /// <inheritdoc/>
    public override bool UsesEventTime => true;

    /// <inheritdoc/>
    public override string Kind => $"{(Unmatched is null ? "Join" : "LeftJoin")} {Condition}";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => [NodeState.Own("rows by their times")];

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
