using QueryStream.Core.Errors;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams;

/// <summary>The rows of a source.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SourceStream<T> : Stream<T>
{
    private readonly SourceNode<T> _node;

    internal SourceStream(StreamBuilder job, SourceNode<T> node)
        : base(job, node.Rows) => _node = node;

    /// <summary>Records that could not become rows, with the reason; counted in any case.</summary>
    public Stream<DeadLetter> DeadLetters => new(Job, _node.DeadLetters);

    /// <summary>Says where event times come from and how they advance. Without it a record's own time counts, in order.</summary>
    /// <exception cref="JobDefinitionException">A duration of the strategy is negative.</exception>
    public SourceStream<T> Watermarks(WatermarkStrategy<T> strategy)
    {
        RefuseNegative("an out-of-orderness", strategy.OutOfOrderness);
        RefuseNegative("an idle time", strategy.IdleAfter ?? TimeSpan.Zero);
        RefuseNegative("a distance ahead of the clock", strategy.MaxAhead ?? TimeSpan.Zero);
        _node.Watermarks = strategy;
        return this;
    }

    private void RefuseNegative(string what, TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
        {
            throw new JobDefinitionException($"{_node.Name}: {what} of {duration} is not possible: it must be 0 or more.");
        }
    }
}
