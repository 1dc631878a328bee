using QueryStream.Core.Time;
using QueryStream.Streams;

namespace QueryStream.TestKit.Jobs;

/// <summary>
/// Tests one operator or a short chain: the test pushes rows and watermarks, and reads the results at once. It runs a <see cref="JobHarness"/>, which
/// also tests whole jobs. Used by one thread.
/// </summary>
/// <typeparam name="TIn">The input rows.</typeparam>
/// <typeparam name="TOut">The output rows.</typeparam>
public sealed class OperatorHarness<TIn, TOut> : IDisposable
{
    // The out-of-orderness, so large that only marks advance the watermark.
    private static readonly TimeSpan Behind = TimeSpan.FromDays(10_000);

    private readonly HarnessSource<(bool IsMark, TIn Row)> _source = new();
    private readonly HarnessSink<TOut> _sink = new();
    private readonly JobHarness _job;

    /// <summary>Starts the operator.</summary>
    /// <param name="define">Builds the operator.</param>
    /// <param name="parallelism">The operator's parallelism. All rows come from one source subtask.</param>
    /// <param name="seed">Determines the order of turns.</param>
    public OperatorHarness(Func<Stream<TIn>, Stream<TOut>> define, int parallelism = 1, ulong seed = 1) => _job = new JobHarness(
        job => define(job.Source("rows", _source)
            .Watermarks(new WatermarkStrategy<(bool IsMark, TIn Row)> { OutOfOrderness = Behind })
            .Filter(item => !item.IsMark)
            .Map(item => item.Row)).To("results", _sink),
        parallelism,
        seed);

    /// <summary>The job around the operator.</summary>
    public JobHarness Job => _job;

    /// <summary>The results that were not taken yet.</summary>
    public IReadOnlyList<(TOut Row, EventTime Time)> Rows => _sink.Rows;

    /// <summary>Pushes a row. The watermark does not advance, unless all earlier rows are more than 27 years older.</summary>
    public void Push(TIn row, long time)
    {
        _source.Push((false, row), time);
        Run();
    }

    /// <summary>Advances the watermark: no more rows with this event time or an earlier one are expected.</summary>
    public void Watermark(long time)
    {
        _source.Push((true, default!), time + (long)Behind.TotalMilliseconds + 1);
        Run();
    }

    /// <summary>Advances the clock.</summary>
    public void Advance(TimeSpan duration)
    {
        _job.Advance(duration);
        Check();
    }

    /// <summary>Ends the input.</summary>
    public void End()
    {
        _source.EndAll();
        Run();
    }

    /// <summary>Takes a snapshot and continues from it with another parallelism.</summary>
    public void Rescale(int parallelism)
    {
        _job.Rescale(parallelism);
        Check();
    }

    /// <summary>Returns and removes the results.</summary>
    public List<TOut> Take() => _sink.Take();

    /// <inheritdoc/>
    public void Dispose() => _job.Dispose();

    private void Run()
    {
        _job.Run();
        Check();
    }

    private void Check()
    {
        if (_job.Failure is { } failure)
        {
            throw new InvalidOperationException($"{failure.Operator} failed: {failure.Cause.Message}", failure.Cause);
        }
    }
}
