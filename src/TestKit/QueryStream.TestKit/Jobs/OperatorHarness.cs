using QueryStream.Core.Time;
using QueryStream.Streams;

namespace QueryStream.TestKit.Jobs;

/// <summary>
/// Tests one operator, or a few: rows and watermarks go in when the test says so, and what comes out can be read at once. See <see cref="JobHarness"/>
/// for what it does besides, and for whole jobs. Used by one thread.
/// </summary>
/// <typeparam name="TIn">The rows that go in.</typeparam>
/// <typeparam name="TOut">The rows that come out.</typeparam>
public sealed class OperatorHarness<TIn, TOut> : IDisposable
{
    // As far behind as can be, so that only marks let time go on.
    private static readonly TimeSpan Behind = TimeSpan.FromDays(10_000);

    private readonly HarnessSource<(bool IsMark, TIn Row)> _source = new();
    private readonly HarnessSink<TOut> _sink = new();
    private readonly JobHarness _job;

    /// <summary>Starts the operator.</summary>
    /// <param name="define">Builds it.</param>
    /// <param name="parallelism">Its parallelism. All rows come from one subtask.</param>
    /// <param name="seed">Decides the order of turns.</param>
    public OperatorHarness(Func<Stream<TIn>, Stream<TOut>> define, int parallelism = 1, ulong seed = 1) => _job = new JobHarness(
        job => define(job.Source("rows", _source)
            .Watermarks(new WatermarkStrategy<(bool IsMark, TIn Row)> { OutOfOrderness = Behind })
            .Filter(item => !item.IsMark)
            .Map(item => item.Row)).To("results", _sink),
        parallelism,
        seed);

    /// <summary>The job around the operator.</summary>
    public JobHarness Job => _job;

    /// <summary>What has come out and was not taken.</summary>
    public IReadOnlyList<(TOut Row, EventTime Time)> Rows => _sink.Rows;

    /// <summary>Brings a row. The watermark stays where it is, unless all rows before are more than 27 years older.</summary>
    public void Push(TIn row, long time)
    {
        _source.Push((false, row), time);
        Run();
    }

    /// <summary>Lets the watermark rise: no row of this time or an earlier one is expected any more.</summary>
    public void Watermark(long time)
    {
        _source.Push((true, default!), time + (long)Behind.TotalMilliseconds + 1);
        Run();
    }

    /// <summary>Lets the clock go on.</summary>
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

    /// <summary>Takes a snapshot and goes on with it, in another parallelism.</summary>
    public void Move(int parallelism)
    {
        _job.Move(parallelism);
        Check();
    }

    /// <summary>Takes what has come out.</summary>
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
