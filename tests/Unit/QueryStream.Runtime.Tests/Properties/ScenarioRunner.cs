using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Runs a job with two windows on a scenario.</summary>
internal sealed class ScenarioRunner
{
    private readonly Scenario _scenario;
    private readonly bool _onePhase;
    private readonly HarnessSource<Event> _source;
    private readonly HarnessSink<WindowResult<int, (long Count, long Sum)>>[] _results = [new(), new()];
    private readonly HarnessSink<Event>[] _late = [new(), new()];

    private ScenarioRunner(Scenario scenario, bool onePhase)
    {
        _scenario = scenario;
        _onePhase = onePhase;
        _source = new HarnessSource<Event>(scenario.Splits) { ElementsPerPoll = scenario.ElementsPerPoll };
    }

    /// <summary>Runs the scenario to its end.</summary>
    public static Outcome Run(Scenario scenario, int parallelism, bool onePhase = false) => new ScenarioRunner(scenario, onePhase).Run(parallelism);

    /// <summary>The size of a window; 0 is the smaller one.</summary>
    public static long SizeOf(Scenario scenario, int window) => window == 0 ? scenario.Size : scenario.Size * 3;

    private Outcome Run(int parallelism)
    {
        using JobHarness job = new(Define, parallelism, _scenario.Seed);
        long id = 0;
        foreach (Step step in _scenario.Steps)
        {
            step.Apply(job, _source, ref id);
            if (_scenario.RestsAlways)
            {
                // All readers notice at once that confirmations have stopped, instead of each within a second.
                job.Run();
                _source.WakeAll();
                job.Executor.RunUntilIdle();
            }
        }

        _source.EndAll();
        job.Run();
        Assert.Null(job.Failure);
        Assert.True(job.IsFinished, "The job did not finish.");
        return new Outcome(
            [_results[0].Take(), _results[1].Take()],
            [_late[0].Take(), _late[1].Take()],
            job.Metrics.Sum(metrics => metrics.LateDropped.Value),
            job.Counter("late"));
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
        Stream<Event> events = job.Source("events", _source).Watermarks(watermarks);
        WindowStream<Event, int, (long, long)> small = Windows(events, 0, row => row.Key);
        WindowStream<Event, int, (long, long)> large = Windows(events, 1, row => row.Key % 3);
        small.Late.Union(large.Late).CountOnce("late", row => row.Position);
    }

    private WindowStream<Event, int, (long, long)> Windows(Stream<Event> events, int window, Func<Event, int> key)
    {
        WindowedStream<Event, int> windows = events.KeyBy(key)
            .Window(Tumbling.Of(TimeSpan.FromMilliseconds(SizeOf(_scenario, window))))
            .Lateness(TimeSpan.FromMilliseconds(_scenario.Lateness))
            .Early(_scenario.Early is { } early ? TimeSpan.FromMilliseconds(early) : null);
        WindowStream<Event, int, (long, long)> results = (_onePhase ? windows.OnePhase() : windows).Aggregate(w => (w.Count(), new IdSum()));
        results.To($"results {window}", _results[window]);
        results.Late.To($"late {window}", _late[window]);
        return results;
    }
}
