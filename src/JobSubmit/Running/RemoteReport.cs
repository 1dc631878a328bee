using System.Globalization;
using QueryStream.Core.Time;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Running;

/// <summary>What a job of a cluster has done, for people.</summary>
internal static class RemoteReport
{
    /// <summary>The report of a job that has ended: Flink's lines, then ours.</summary>
    public static string Of(JobDetailsResponse job)
    {
        List<string> lines = [];
        if (job.State == "FINISHED")
        {
            lines.Add("Program execution finished");
            lines.Add($"Job with JobID {job.Id} has finished.");
        }

        lines.Add(string.Create(CultureInfo.InvariantCulture, $"Job Runtime: {job.Duration} ms"));
        lines.Add($"{job.Name}: {job.State} after {Durations.Format(TimeSpan.FromMilliseconds(job.Progress.RunningTime))}");
        lines.AddRange(FiguresOf(job.Progress).Select(line => $"  {line}"));
        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>The figures of a job, a line each.</summary>
    public static IEnumerable<string> FiguresOf(JobProgress progress)
    {
        if (progress.Parallelism < progress.WantedParallelism)
        {
            yield return Format($"runs at   parallelism {progress.Parallelism} of {progress.WantedParallelism}, since too few slots are free");
        }

        yield return Format($"records   {progress.RecordsRead:N0} read, {progress.RecordsAcknowledged:N0} written");
        if (progress.Watermark is long watermark)
        {
            yield return $"watermark {WatermarkText(watermark)}";
        }

        if (progress.LateDropped > 0)
        {
            yield return Format($"late      {progress.LateDropped:N0} rows dropped");
        }

        foreach ((string reason, long count) in progress.DeadLetters)
        {
            yield return Format($"dead      {count:N0} records: {reason}");
        }

        foreach ((string name, long count) in progress.Counters)
        {
            yield return Format($"counter   {name} = {count:N0}");
        }

        foreach ((string name, string problem) in progress.Problems)
        {
            yield return $"problem   {name}: {problem.ReplaceLineEndings(" ")}";
        }

        if (progress.CheckpointsCompleted + progress.CheckpointsFailed > 0)
        {
            string last = progress.LastCheckpoint is { } path ? $", the last in {path}" : "";
            yield return Format($"saved     {progress.CheckpointsCompleted:N0} checkpoints, {progress.CheckpointsFailed:N0} failed{last}");
        }

        if (progress.Restarts > 0)
        {
            yield return Format($"restarts  {progress.Restarts:N0}, the last after: {progress.RestartCause?.ReplaceLineEndings(" ")}");
        }
    }

    // The end of a bounded stream is later than any date.
    private static string WatermarkText(long milliseconds)
    {
        EventTime time = new(milliseconds);
        return time == EventTime.MaxValue ? "at the end"
            : milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() || milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
                ? milliseconds.ToString(CultureInfo.InvariantCulture)
                : time.ToDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
    }

    private static string Format(FormattableString text) => FormattableString.Invariant(text);
}
