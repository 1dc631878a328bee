using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.TestKit.Jobs;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>A job of two regions, left and right, each with two vertices. Its first attempts are 0 and 1.</summary>
internal static class TwoRegions
{
    /// <summary>Submits the job, and runs its tasks.</summary>
    public static async Task<JobHandle> RunningRegionsAsync(this CheckpointHarness harness, params (string Setting, string Value)[] settings)
    {
        JobSubmission submission = new(harness.Base.Jobs.Add("regions", new LambdaJob("two regions", Define)), JobSettings.None, 2)
        {
            Options = CheckpointHarness.Options(settings),
        };
        JobHandle job = await harness.Base.SubmitAsync(submission);
        harness.RunRegions(job, 0, 1);
        return job;
    }

    /// <summary>Deploys attempts of regions, and runs their tasks.</summary>
    public static void RunRegions(this CheckpointHarness harness, JobHandle job, params ReadOnlySpan<int> attempts)
    {
        foreach (int attempt in attempts)
        {
            harness.Base.Deployed(job, attempt);
        }

        foreach (int attempt in attempts)
        {
            harness.ReportRegion(job, attempt, ExecutionState.Running);
        }
    }

    /// <summary>Reports a state for each task of an attempt.</summary>
    public static void ReportRegion(this CheckpointHarness harness, JobHandle job, int attempt, ExecutionState state) =>
        TasksOf(job, attempt).ForEach(task => harness.Base.Report(task, state, attempt: attempt));

    public static List<TaskInfo> TasksOf(JobHandle job, int attempt) => [.. job.Tasks.Where(task => task.Attempt.Number == attempt)];

    private static void Define(StreamBuilder job)
    {
        foreach (string region in new[] { "left", "right" })
        {
            job.Source(region, new MemorySource<int>([1, 2, 3])).CountOnce($"count {region}", number => new RecordPosition(0, number));
        }
    }
}
