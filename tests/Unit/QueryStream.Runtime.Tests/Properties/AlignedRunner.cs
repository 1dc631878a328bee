using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Runs a job with several kinds of window on one key.</summary>
internal static class AlignedRunner
{
    /// <summary>Runs the case to its end.</summary>
    public static AlignedOutcome Run(AlignedCase one, int parallelism, bool onePhase = false)
    {
        Scenario scenario = one.Scenario;
        HarnessSource<Event> source = new(scenario.Splits) { ElementsPerPoll = scenario.ElementsPerPoll };
        HarnessSink<WindowResult<int, (long Count, long Sum)>> results = new();
        HarnessSink<Event> late = new();
        using JobHarness job = new(
            builder =>
            {
                WindowedStream<Event, int> windows = builder.Source("events", source)
                    .Watermarks(new WatermarkStrategy<Event> { OutOfOrderness = TimeSpan.FromMilliseconds(scenario.OutOfOrderness) })
                    .KeyBy(row => row.Key)
                    .Windows([.. one.Kinds])
                    .Lateness(TimeSpan.FromMilliseconds(scenario.Lateness))
                    .Early(scenario.Early is { } early ? TimeSpan.FromMilliseconds(early) : null);
                WindowStream<Event, int, (long, long)> stream = (onePhase ? windows.OnePhase() : windows).Aggregate(w => (w.Count(), new IdSum()));
                stream.To("results", results);
                stream.Late.To("late", late);
            },
            parallelism,
            scenario.Seed);
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
        }

        source.EndAll();
        job.Run();
        Assert.Null(job.Failure);
        Assert.True(job.IsFinished, "The job did not come to its end.");
        Assert.Equal(late.Rows.Count, job.Metrics.Sum(metrics => metrics.LateDropped.Value));
        return new AlignedOutcome(results.Take(), late.Take());
    }
}
