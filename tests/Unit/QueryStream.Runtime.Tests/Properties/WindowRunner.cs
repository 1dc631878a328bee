using QueryStream.Runtime.Snapshots;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Runs a job with one window operator on a scenario.</summary>
/// <param name="scenario">What comes.</param>
/// <param name="windows">The operator.</param>
internal sealed class WindowRunner(Scenario scenario, Func<KeyedStream<Event, int>, WindowStream<Event, int, (long, long)>> windows)
{
    private static readonly int[] Parallelisms = [1, 2, 3, 4, 7];

    private readonly HarnessSource<Event> _source = new(scenario.Splits) { ElementsPerPoll = scenario.ElementsPerPoll };
    private readonly HarnessSink<WindowResult<int, (long Count, long Sum)>> _results = new();
    private readonly HarnessSink<Event> _late = new();
    private readonly List<(Event, long)> _arrivals = [];

    /// <summary>Runs the scenario to its end.</summary>
    /// <param name="parallelism">Of the beginning.</param>
    /// <param name="moves">Now and then moves the job by a snapshot into another parallelism; null: never.</param>
    public WindowOutcome Run(int parallelism, SeededRandom? moves = null)
    {
        JobHarness job = new(Define, parallelism, scenario.Seed);
        foreach (Step step in scenario.Steps)
        {
            Take(job, step);
            if (scenario.RestsAlways)
            {
                job.Run();
            }

            if (moves?.Next(8) == 0)
            {
                job = Move(job, Parallelisms[moves.Next(Parallelisms.Length)]);
            }
        }

        _source.EndAll();
        job.Run();
        Assert.Null(job.Failure);
        Assert.True(job.IsFinished, "The job did not come to its end.");
        Assert.True(moves is not null || _late.Rows.Count == job.Metrics.Sum(metrics => metrics.LateDropped.Value));
        job.Dispose();
        return new WindowOutcome(_results.Take(), _late.Take(), _arrivals);
    }

    private void Take(JobHarness job, Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Row:
                Event row = new(_arrivals.Count + 1, step.Key, step.Value, step.Split);
                _arrivals.Add((row, job.Clock));
                _source.Push(row, step.Value, step.Split);
                break;
            case StepKind.Turns:
                job.Run((int)step.Value);
                break;
            case StepKind.Clock:
                job.Advance(TimeSpan.FromMilliseconds(step.Value));
                break;
            default:
                job.Run();
                break;
        }
    }

    private JobHarness Move(JobHarness job, int parallelism)
    {
        // What comes behind the barrier would be given twice, by this job and by the one that is restored.
        job.Run();
        JobSnapshot snapshot = job.Snapshot();
        Assert.Null(job.Failure);
        long clock = job.Clock;
        job.Dispose();
        JobHarness moved = JobHarness.Restore(Define, snapshot, parallelism, scenario.Seed);
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
