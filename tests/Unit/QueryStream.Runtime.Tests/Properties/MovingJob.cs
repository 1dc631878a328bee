using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tests.State;
using QueryStream.Streams;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>
/// Runs a job with two sources on a scenario, and moves it by snapshot and restore at random points, with rows in flight. Where the
/// parallelism stays, some of its subtasks move while the others go on. Rows of even splits come from the left source, the others from the right one.
/// </summary>
/// <typeparam name="TOut">The results.</typeparam>
internal sealed class MovingJob<TOut>
{
    private readonly Scenario _scenario;
    private readonly Func<Stream<Event>, Stream<Event>, Stream<TOut>> _define;
    private readonly HarnessSource<Event>[] _sources;
    private readonly HarnessSink<TOut> _sink = new();

    // The number of moves before each step.
    private readonly int[] _moves;
    private readonly SeededRandom _random;
    private long _deadLetters;

    private MovingJob(Scenario scenario, Func<Stream<Event>, Stream<Event>, Stream<TOut>> define, int moves)
    {
        _scenario = scenario;
        _define = define;
        _sources = [NewSource(), NewSource()];
        _moves = new int[scenario.Steps.Count + 1];
        _random = new SeededRandom(scenario.Seed);
        for (int i = 0; i < moves; i++)
        {
            _moves[_random.Next(_moves.Length)]++;
        }
    }

    /// <summary>Called between steps, and repeatedly while the job waits for something.</summary>
    private Action<JobHarness> Between { get; init; } = static _ => { };

    /// <summary>How long the clock advances after the last step before the sources end.</summary>
    private TimeSpan Linger { get; init; }

    /// <summary>Runs the scenario to its end.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="define">Builds the graph behind the two sources.</param>
    /// <param name="parallelisms">The initial parallelism, and those that the job moves to.</param>
    /// <param name="between">Called between steps, and repeatedly while the job waits for something.</param>
    /// <param name="linger">How long the clock advances after the last step before the sources end.</param>
    public static MovedRun<TOut> Run(
        Scenario scenario,
        Func<Stream<Event>, Stream<Event>, Stream<TOut>> define,
        int[] parallelisms,
        Action<JobHarness>? between = null,
        TimeSpan linger = default) =>
        new MovingJob<TOut>(scenario, define, parallelisms.Length - 1) { Between = between ?? (static _ => { }), Linger = linger }.Run(parallelisms);

    private HarnessSource<Event> NewSource() => new(_scenario.Splits) { ElementsPerPoll = _scenario.ElementsPerPoll };

    private MovedRun<TOut> Run(int[] parallelisms)
    {
        JobHarness job = new(Define, parallelisms[0], _scenario.Seed, services: Backends.Any(_random)) { IsPinned = true };
        int moved = 0;
        long id = 0;
        for (int step = 0; step <= _scenario.Steps.Count; step++)
        {
            for (int i = 0; i < _moves[step]; i++)
            {
                bool isSame = parallelisms[moved + 1] == parallelisms[moved];
                moved++;
                if (!isSame || !job.Move(_ => _random.Next(2) == 0, wait: () => Wait(job)))
                {
                    job = Move(job, parallelisms[moved]);
                }
            }

            if (step < _scenario.Steps.Count)
            {
                _scenario.Steps[step].Apply(job, _sources[_scenario.Steps[step].Split % 2], ref id);
                Between(job);
            }
        }

        job.Run();
        job.Advance(Linger);
        foreach (HarnessSource<Event> source in _sources)
        {
            source.EndAll();
        }

        job.Run();
        for (int i = 0; i < 10_000 && !job.IsFinished && job.Failure is null; i++)
        {
            Wait(job);
        }

        Assert.Null(job.Failure);
        Assert.True(job.IsFinished, "The job did not finish.");
        IReadOnlyList<OperatorLedger> ledger = job.Snapshot().State.Ledger;
        Close(job);
        return new MovedRun<TOut>([.. _sink.Rows], _deadLetters) { Ledger = ledger };
    }

    // The sources pause, so that only rows from before the barrier arrive.
    private JobHarness Move(JobHarness job, int parallelism)
    {
        Array.ForEach(_sources, source => source.ElementsPerPoll = 0);
        HarnessSnapshot snapshot = job.Snapshot(() => Wait(job));
        TimeSpan passed = job.Executor.Clock.GetUtcNow() - ManualTime.DefaultStart;
        Close(job);
        Array.ForEach(_sources, source => source.ElementsPerPoll = _scenario.ElementsPerPoll);
        JobHarness restored = JobHarness.Restore(Define, snapshot, parallelism, _scenario.Seed, services: Backends.Any(_random));
        restored.IsPinned = true;
        restored.Advance(passed);
        return restored;
    }

    private void Wait(JobHarness job)
    {
        Between(job);
        job.Advance(TimeSpan.FromMilliseconds(100));
    }

    private void Close(JobHarness job)
    {
        _deadLetters += job.Metrics.Sum(metrics => metrics.DeadLetters.Values.Sum(counter => counter.Value));
        job.Dispose();
    }

    private void Define(StreamBuilder job)
    {
        WatermarkStrategy<Event> watermarks = new()
        {
            EventTimeOf = row => new EventTime(row.Time),
            OutOfOrderness = TimeSpan.FromMilliseconds(_scenario.OutOfOrderness),
            IdleAfter = TimeSpan.FromSeconds(2),
            AdvanceWhileIdle = true,
        };
        Stream<Event> left = job.Source("left", _sources[0]).Watermarks(watermarks);
        Stream<Event> right = job.Source("right", _sources[1]).Watermarks(watermarks);
        _define(left, right).To("results", _sink);
    }
}

/// <summary>The results of a scenario.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="Rows">The rows in order of arrival, with event times.</param>
/// <param name="DeadLetters">The engine's own counter.</param>
internal sealed record MovedRun<T>(IReadOnlyList<(T Row, EventTime Time)> Rows, long DeadLetters)
{
    /// <summary>What became of the rows, over all attempts.</summary>
    public IReadOnlyList<OperatorLedger> Ledger { get; init; } = [];

    /// <summary>The rows as texts, in an order that does not depend on the order of arrival.</summary>
    public List<string> Sorted => [.. Rows.Select(row => $"{row.Row} @{row.Time.Milliseconds}").Order(StringComparer.Ordinal)];
}
