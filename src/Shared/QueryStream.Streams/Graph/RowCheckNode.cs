using QueryStream.Core.Time;

namespace QueryStream.Streams.Graph;

/// <summary>Runs the check of the next operator on each row, and removes the rows for which it throws.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class RowCheckNode<T> : StreamNode
{
    internal RowCheckNode(string name, NodeInput[] inputs, RowCheck<T> check)
        : base(name, inputs)
    {
        Check = check;
        InheritsParallelism = true;
        Rows = new NodeOutput<T>(this, 0);
    }

    /// <summary>Throws for rows that the next operator cannot process.</summary>
    public RowCheck<T> Check { get; }

    /// <summary>The rows that passed.</summary>
    public NodeOutput<T> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "RowCheck";

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Checks a row; throws if it fails. Called by several tasks at a time, so it must be stateless.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="row">The row.</param>
/// <param name="time">Its event time.</param>
public delegate void RowCheck<T>(in T row, EventTime time);
