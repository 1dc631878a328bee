using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams;

/// <summary>The output of a source.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SourceStream<T> : Stream<T>, IPlacedStream
{
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(10_000);

    private readonly SourceNode<T> _node;

    internal SourceStream(StreamBuilder job, SourceNode<T> node)
        : base(job, node.Rows) => _node = node;

    /// <summary>Records that could not be decoded, with the reason. They are counted, whether or not this output is read.</summary>
    public Stream<DeadLetter> DeadLetters => new(Job, _node.DeadLetters);

    /// <summary>Sets the watermark strategy. The default uses the records' own times without out-of-orderness.</summary>
    /// <exception cref="JobDefinitionException">A duration of the strategy is negative, or more than 10,000 days.</exception>
    public SourceStream<T> Watermarks(WatermarkStrategy<T> strategy)
    {
        Check("an out-of-orderness", strategy.OutOfOrderness);
        Check("an idle time", strategy.IdleAfter ?? TimeSpan.Zero);
        Check("a distance ahead of the clock", strategy.MaxAhead ?? TimeSpan.Zero);
        _node.Watermarks = strategy;
        return this;
    }

    /// <summary>Sets the number of subtasks of the source; the default is that of the job. Splits are distributed over them.</summary>
    /// <param name="subtasks">From 1 to the number of key groups.</param>
    /// <exception cref="JobDefinitionException">The number is less than 1. A number above that of the key groups is refused when the graph is
    /// built.</exception>
    public SourceStream<T> Parallelism(int subtasks)
    {
        _node.SetParallelism(subtasks);
        return this;
    }

    /// <inheritdoc/>
    StreamNode IPlacedStream.Node => _node;

    private void Check(string what, TimeSpan duration)
    {
        if (duration < TimeSpan.Zero || duration > MaxDuration)
        {
            throw new JobDefinitionException($"{_node.Name}: {what} of {Durations.Format(duration)} is not possible: it must be 0 to 10,000 days.");
        }
    }
}
