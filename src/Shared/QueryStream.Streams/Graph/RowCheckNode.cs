using QueryStream.Core.Time;

namespace QueryStream.Streams.Graph;

/// <summary>Tries what an operator behind it will do with each row, and keeps back the rows for which that throws.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class RowCheckNode<T> : StreamNode
{
    internal RowCheckNode(string name, NodeInput[] inputs, RowCheck<T> check)
        : base(name, inputs)
    {
        Check = check;
        FollowsInput = true;
        Rows = new NodeOutput<T>(this, 0);
    }

    /// <summary>Throws where the row will not do.</summary>
    public RowCheck<T> Check { get; }

    /// <summary>The rows that will do.</summary>
    public NodeOutput<T> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "RowCheck";

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Tries what will be done with a row. Called in turns of several tasks at a time, so it keeps nothing.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="row">The row.</param>
/// <param name="time">Its event time.</param>
public delegate void RowCheck<T>(in T row, EventTime time);
