using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Views;

/// <summary>The failures of a job as its answers show them.</summary>
internal static class ExceptionViews
{
    /// <summary>The failures.</summary>
    /// <param name="job">The job.</param>
    /// <param name="workers">The workers that are registered, for their addresses.</param>
    /// <param name="max">How many, the newest first.</param>
    public static JobExceptionsResponse Of(JobHandle job, IReadOnlyList<WorkerInfo> workers, int max)
    {
        IReadOnlyList<JobFailure> failures = job.Failures;
        if (failures.Count == 0)
        {
            return new JobExceptionsResponse();
        }

        bool isTruncated = failures.Count > max || job.Restarts >= failures.Count + 1;
        JobExceptionEntry[] entries = [.. failures.Take(max).Select(failure => EntryOf(job, failure, workers))];
        return new JobExceptionsResponse
        {
            RootException = failures[0].Cause.ToString(),
            Timestamp = Times.Of(failures[0].At),
            AllExceptions = [.. entries.Where(entry => entry.TaskName is not null).Select(entry => new TaskException
            {
                Exception = entry.StackTrace,
                Task = entry.TaskName!,
                Location = entry.Location ?? "",
                Timestamp = entry.Timestamp,
                WorkerId = entry.TaskManagerId ?? "",
            })],
            Truncated = isTruncated,
            History = new JobExceptionHistory { Entries = entries, Truncated = isTruncated },
        };
    }

    private static JobExceptionEntry EntryOf(JobHandle job, JobFailure failure, IReadOnlyList<WorkerInfo> workers)
    {
        string? address = workers.FirstOrDefault(worker => worker.Worker == failure.Worker)?.Address?.ToString();
        JobRecovery? recovery = failure.Restart is { } restart
            ? job.Events.Select(happened => happened.Recovery).FirstOrDefault(one => one?.Number == restart)
            : null;
        return new JobExceptionEntry
        {
            ExceptionName = NameOf(failure.Cause),
            StackTrace = failure.Cause.ToString(),
            Timestamp = Times.Of(failure.At),
            TaskName = failure.Task,
            Location = address,
            Endpoint = address,
            TaskManagerId = failure.Worker?.Name ?? recovery?.LostWorker,
            Recovery = EventViews.Of(recovery),
        };
    }

    // What the user's code threw, not our wrapper of it.
    private static string NameOf(Exception failure) =>
        failure is TaskFailedException { InnerException: { } cause }
            ? (cause as RemoteException)?.TypeName ?? cause.GetType().Name
            : failure.GetType().Name;
}
