using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams.Joins;

/// <summary>Two streams and the condition of their join; <c>Inner</c> or <c>LeftOuter</c> completes it.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
public sealed class TimedJoin<TKey, TLeft, TRight>
{
    private readonly KeyedStream<TLeft, TKey> _left;
    private readonly KeyedStream<TRight, TKey> _right;
    private readonly JoinCondition _condition;

    internal TimedJoin(KeyedStream<TLeft, TKey> left, KeyedStream<TRight, TKey> right, JoinCondition condition)
    {
        _left = left;
        _right = right;
        _condition = condition;
    }

    /// <summary>Emits a row for each pair.</summary>
    /// <param name="pair">Creates the row of a pair.</param>
    /// <param name="name">The operator's name, which identifies its state across versions of the job.</param>
    /// <exception cref="JobDefinitionException">The rows of a stream have no codec.</exception>
    [StatefulOperator]
    public JoinStream<TLeft, TRight, TOut> Inner<TOut>(Func<TLeft, TRight, TOut> pair, string? name = null) => Add(pair, null, name);

    /// <summary>Emits a row for each pair, and one for each left row once it is certain that it has no match.</summary>
    /// <param name="pair">Creates the row of a pair.</param>
    /// <param name="unmatched">Creates the row of an unmatched left row.</param>
    /// <param name="name">The operator's name, which identifies its state across versions of the job.</param>
    /// <exception cref="JobDefinitionException">The rows of a stream have no codec.</exception>
    [StatefulOperator]
    public JoinStream<TLeft, TRight, TOut> LeftOuter<TOut>(Func<TLeft, TRight, TOut> pair, Func<TLeft, TOut> unmatched, string? name = null) =>
        Add(pair, unmatched, name);

    private JoinStream<TLeft, TRight, TOut> Add<TOut>(Func<TLeft, TRight, TOut> pair, Func<TLeft, TOut>? unmatched, string? name)
    {
        Codec<TKey>.Check();
        Codec<TLeft>.Check();
        Codec<TRight>.Check();
        JoinNode<TKey, TLeft, TRight, TOut> node = new(_left, _right, _condition, pair, unmatched);
        return new JoinStream<TLeft, TRight, TOut>(_left.Job, _left.Job.Add(node, name).Rows);
    }
}
