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

    /// <summary>The window of a row; 0 is the smaller one.</summary>
    public static long SizeOf(Scenario scenario, int window) => window == 0 ? scenario.Size : scenario.Size * 3;

    private Outcome Run(int parallelism)
    {
        using JobHarness job = new(Define, parallelism, _scenario.Seed);
        long id = 0;
        foreach (Step step in _scenario.Steps)
        {
            Take(job, step, ref id);
            if (_scenario.RestsAlways)
            {
                // All notice at once where proofs have stopped, and not each within a second.
                job.Run();
                _source.WakeAll();
                job.Run();
            }
        }

        _source.EndAll();
        job.Run();
        Assert.Null(job.Failure);
        Assert.True(job.IsFinished, "The job did not come to its end.");
        return new Outcome(
            [_results[0].Take(), _results[1].Take()],
            [_late[0].Take(), _late[1].Take()],
            job.Metrics.Sum(metrics => metrics.LateDropped.Value),
            job.Counter("late"));
    }

    private void Take(JobHarness job, Step step, ref long id)
    {
        switch (step.Kind)
        {
            case StepKind.Row:
                _source.Push(new Event(++id, step.Key, step.Value, step.Split), step.Value, step.Split);
                break;
            case StepKind.Turns:
                job.Run((int)step.Value);
                break;
            case StepKind.Clock:
                job.Advance(TimeSpan.FromMilliseconds(step.Value));
                break;
            case StepKind.Proof:
                _source.ConfirmEnd(job.Clock, step.Split);
                break;
            default:
                job.Run();
                break;
        }
    }

    private void Define(StreamBuilder job)
    {
        WatermarkStrategy<Event> watermarks = new()
        {
            EventTimeOf = row => new EventTime(row.Time),
            OutOfOrderness = TimeSpan.FromMilliseconds(_scenario.OutOfOrderness),
            IdleAfter = TimeSpan.FromSeconds(2),
            AdvanceWhileQuiet = true,
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
