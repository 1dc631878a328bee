using QueryStream.Core;
using QueryStream.Runtime.Tests.State;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Runs a job with one window operator on a scenario.</summary>
/// <param name="scenario">The scenario.</param>
/// <param name="windows">Builds the operator.</param>
internal sealed class WindowRunner(Scenario scenario, Func<KeyedStream<Event, int>, WindowStream<Event, int, (long, long)>> windows)
{
    private static readonly int[] Parallelisms = [1, 2, 3, 4, 7];

    private readonly HarnessSource<Event> _source = new(scenario.Splits) { ElementsPerPoll = scenario.ElementsPerPoll };
    private readonly HarnessSink<WindowResult<int, (long Count, long Sum)>> _results = new();
    private readonly HarnessSink<Event> _late = new();
    private readonly List<(Event, long)> _arrivals = [];

    /// <summary>Runs the scenario to its end.</summary>
    /// <param name="parallelism">The initial parallelism.</param>
    /// <param name="moves">Moves the job at random by snapshot and restore to other parallelisms; null: never.</param>
    public WindowOutcome Run(int parallelism, SeededRandom? moves = null)
    {
        JobHarness job = new(Define, parallelism, scenario.Seed, services: Backends.Any(moves));
        long id = 0;
        foreach (Step step in scenario.Steps)
        {
            if (step.Kind == StepKind.Row)
            {
                _arrivals.Add((step.RowOf(id + 1), job.Clock));
            }

            step.Apply(job, _source, ref id);
            if (scenario.RestsAlways)
            {
                job.Run();
            }

            if (moves?.Next(8) == 0)
            {
                job = Move(job, Parallelisms[moves.Next(Parallelisms.Length)], moves);
            }
        }

        _source.EndAll();
        job.Run();
        Assert.Null(job.Failure);
        Assert.True(job.IsFinished, "The job did not finish.");
        Assert.True(moves is not null || _late.Rows.Count == job.Metrics.Sum(metrics => metrics.LateDropped.Value));
        job.Dispose();
        return new WindowOutcome(_results.Take(), _late.Take(), _arrivals);
    }

    private JobHarness Move(JobHarness job, int parallelism, SeededRandom random)
    {
        // Rows after the barrier would be emitted twice, by this job and by the restored one.
        job.Run();
        HarnessSnapshot snapshot = job.Snapshot();
        Assert.Null(job.Failure);
        long clock = job.Clock;
        job.Dispose();
        JobHarness moved = JobHarness.Restore(Define, snapshot, parallelism, scenario.Seed, services: Backends.Any(random));
        moved.Advance(TimeSpan.FromMilliseconds(clock - moved.Clock));
        return moved;
    }

    private void Define(StreamBuilder builder)
    {
        WindowStream<Event, int, (long, long)> stream = windows(builder.Source("events", _source)
            .Watermarks(new WatermarkStrategy<Event> { OutOfOrderness = TimeSpan.FromMilliseconds(scenario.OutOfOrderness) })
            .KeyBy(row => row.Key));
        stream.To("results", _results);
        stream.Late.To("late", _late);
    }
}
