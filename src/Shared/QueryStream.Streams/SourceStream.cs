using QueryStream.Core.Errors;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams;

/// <summary>The rows of a source.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SourceStream<T> : Stream<T>
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(10_000);

    private readonly SourceNode<T> _node;

    internal SourceStream(StreamBuilder job, SourceNode<T> node)
        : base(job, node.Rows) => _node = node;

    /// <summary>Records that could not become rows, with the reason; counted in any case.</summary>
    public Stream<DeadLetter> DeadLetters => new(Job, _node.DeadLetters);

    /// <summary>Says where event times come from and how they advance. Without it a record's own time counts, in order.</summary>
    /// <exception cref="JobDefinitionException">A duration of the strategy is negative or huge.</exception>
    public SourceStream<T> Watermarks(WatermarkStrategy<T> strategy)
    {
        Check("an out-of-orderness", strategy.OutOfOrderness);
        Check("an idle time", strategy.IdleAfter ?? TimeSpan.Zero);
        Check("a distance ahead of the clock", strategy.MaxAhead ?? TimeSpan.Zero);
        _node.Watermarks = strategy;
        return this;
    }

    /// <summary>Sets the number of subtasks of the source; without it that of the job counts. Splits are dealt out to them.</summary>
    /// <param name="subtasks">From 1 to the number of key groups.</param>
    /// <exception cref="JobDefinitionException">It is less than 1. More than the key groups are refused when the job is built.</exception>
    public SourceStream<T> Parallelism(int subtasks)
    {
        _node.SetParallelism(subtasks);
        return this;
    }

    private void Check(string what, TimeSpan duration)
    {
        if (duration < TimeSpan.Zero || duration > Longest)
        {
            throw new JobDefinitionException($"{_node.Name}: {what} of {duration} is not possible: it must be 0 to 10,000 days.");
        }
    }
}
