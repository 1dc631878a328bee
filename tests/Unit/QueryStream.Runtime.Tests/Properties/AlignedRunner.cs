using QueryStream.Runtime.Snapshots;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Runs a job with several kinds of window on one key.</summary>
internal static class AlignedRunner
{
    private static readonly int[] Parallelisms = [1, 2, 3, 4, 7];

    /// <summary>Runs the case to its end.</summary>
    /// <param name="one">The case.</param>
    /// <param name="parallelism">Of the beginning.</param>
    /// <param name="onePhase">Whether rows go through the exchange one by one.</param>
    /// <param name="moves">Now and then moves the job by a snapshot into another parallelism; null: never.</param>
    public static AlignedOutcome Run(AlignedCase one, int parallelism, bool onePhase = false, SeededRandom? moves = null)
    {
        Scenario scenario = one.Scenario;
        HarnessSource<Event> source = new(scenario.Splits) { ElementsPerPoll = scenario.ElementsPerPoll };
        HarnessSink<WindowResult<int, (long Count, long Sum)>> results = new();
        HarnessSink<Event> late = new();
        JobHarness job = new(builder => Define(builder, one, onePhase, source, (results, late)), parallelism, scenario.Seed);
        long id = 0;
        foreach (Step step in scenario.Steps)
        {
            switch (step.Kind)
            {
                case StepKind.Row:
                    source.Push(new Event(++id, step.Key, step.Value, step.Split), step.Value, step.Split);
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

            if (scenario.RestsAlways)
            {
                job.Run();
            }

            if (moves?.Next(8) == 0)
            {
                // What comes behind the barrier would be given twice, by this job and by the one that is restored.
                job.Run();
                JobSnapshot snapshot = job.Snapshot();
                Assert.Null(job.Failure);
                job.Dispose();
                job = JobHarness.Restore(
                    builder => Define(builder, one, onePhase, source, (results, late)), snapshot, Parallelisms[moves.Next(Parallelisms.Length)], scenario.Seed);
            }
        }

        source.EndAll();
        job.Run();
        Assert.Null(job.Failure);
        Assert.True(job.IsFinished, "The job did not come to its end.");
        Assert.True(moves is not null || late.Rows.Count == job.Metrics.Sum(metrics => metrics.LateDropped.Value));
        job.Dispose();
        return new AlignedOutcome(results.Take(), late.Take());
    }

    private static void Define(
        StreamBuilder builder,
        AlignedCase one,
        bool onePhase,
        HarnessSource<Event> source,
        (HarnessSink<WindowResult<int, (long Count, long Sum)>> Results, HarnessSink<Event> Late) sinks)
    {
        Scenario scenario = one.Scenario;
        WindowedStream<Event, int> windows = builder.Source("events", source)
            .Watermarks(new WatermarkStrategy<Event> { OutOfOrderness = TimeSpan.FromMilliseconds(scenario.OutOfOrderness) })
            .KeyBy(row => row.Key)
            .Windows([.. one.Kinds])
            .Lateness(TimeSpan.FromMilliseconds(scenario.Lateness))
            .Early(scenario.Early is { } early ? TimeSpan.FromMilliseconds(early) : null)
            .Named("windows");
        WindowStream<Event, int, (long, long)> stream = (onePhase ? windows.OnePhase() : windows).Aggregate(w => (w.Count(), new IdSum()));
        stream.To("results", sinks.Results);
        stream.Late.To("late", sinks.Late);
    }
}
