using QueryStream.Streams.Connectors;

namespace QueryStream.Streams.Graph;

/// <summary>A source with its watermark strategy.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SourceNode<T> : StreamNode
{
    internal SourceNode(string name, ISource<T> source)
        : base(name)
    {
        Source = source;
        Rows = new NodeOutput<T>(this, 0);
        DeadLetters = new NodeOutput<DeadLetter>(this, 1);
        HasExplicitName = true;
    }

    /// <summary>The source.</summary>
    public ISource<T> Source { get; }

    /// <summary>The watermark strategy.</summary>
    public WatermarkStrategy<T> Watermarks { get; internal set; } = WatermarkStrategy<T>.RecordTime;

    /// <summary>The rows.</summary>
    public NodeOutput<T> Rows { get; }

    /// <summary>Records that could not be decoded.</summary>
    public NodeOutput<DeadLetter> DeadLetters { get; }

    internal override bool HasEventTimes => Source.HasEventTimes || !ReferenceEquals(Watermarks, WatermarkStrategy<T>.RecordTime);

    /// <inheritdoc/>
    public override string Kind => "Source";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => [NodeState.Own("positions")];

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
