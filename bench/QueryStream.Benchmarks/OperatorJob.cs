using QueryStream.Streams;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Benchmarks;

/// <summary>
/// A job with one operator between a source and a sink, with parallelism 1, on the benchmark's thread. Each figure includes the cost of source, sink
/// and channels, which the job without an operator shows alone.
/// </summary>
internal sealed class OperatorJob : IDisposable
{
    // The harness limits the steps until it is idle, and asynchronous calls take several steps per row.
    private const int RowsAtOnce = 100_000;

    private readonly MeteredSource _source = new();
    private readonly JobHarness _harness;

    private readonly Func<long> _results;

    private OperatorJob(Action<Stream<Event>> define, Func<long> results)
    {
        _harness = new JobHarness(job => define(job.Source("rows", _source).Watermarks(new WatermarkStrategy<Event>())));
        _results = results;
    }

    /// <summary>Starts a job.</summary>
    public static OperatorJob Of<TOut>(Func<Stream<Event>, Stream<TOut>> define)
    {
        CountingSink<TOut> sink = new();
        return new OperatorJob(rows => define(rows).To("sink", sink), () => sink.Rows);
    }

    /// <summary>Runs rows through the job.</summary>
    public void Run(int rows)
    {
        long before = _results();
        for (int granted = 0; granted < rows; granted += RowsAtOnce)
        {
            _source.Grant(Math.Min(RowsAtOnce, rows - granted));
            _harness.Run();
            if (_harness.Failure is { } failure)
            {
                throw new InvalidOperationException(failure.ToString(), failure.Cause);
            }
        }

        if (_results() == before)
        {
            throw new InvalidOperationException("The job has no results, so nothing was measured.");
        }
    }

    public void Dispose() => _harness.Dispose();
}
