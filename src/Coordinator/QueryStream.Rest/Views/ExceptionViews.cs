using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Views;

/// <summary>The last failure of a job as its answers show it.</summary>
internal static class ExceptionViews
{
    public static JobExceptionsResponse Of(JobHandle job)
    {
        if ((job.Failure ?? job.RestartCause) is not { } failure)
        {
            return new JobExceptionsResponse();
        }

        JobStatus[] after = job.Failure is null ? [JobStatus.Restarting] : [JobStatus.Failing, JobStatus.Failed];
        long at = Times.Of(after.Where(job.Reached.ContainsKey).Select(status => job.Reached[status]).DefaultIfEmpty(job.SubmittedAt).First());
        JobRecovery? recovery = job.Failure is null ? job.Events.Select(happened => happened.Recovery).FirstOrDefault(one => one is not null) : null;
        JobExceptionEntry entry = new()
        {
            ExceptionName = NameOf(failure),
            StackTrace = failure.ToString(),
            Timestamp = at,
            TaskName = (failure as TaskFailedException)?.OperatorName,
            TaskManagerId = (failure as WorkerLostException)?.Worker.Name ?? recovery?.LostWorker,
            Recovery = EventViews.Of(recovery),
        };
        return new JobExceptionsResponse
        {
            RootException = entry.StackTrace,
            Timestamp = at,
            History = new JobExceptionHistory { Entries = [entry], Truncated = job.Restarts > (job.Failure is null ? 1 : 0) },
        };
    }

    // What the user's code threw, not our wrapper of it.
    private static string NameOf(Exception failure) =>
        failure is TaskFailedException { InnerException: { } cause }
            ? (cause as RemoteException)?.TypeName ?? cause.GetType().Name
            : failure.GetType().Name;
}
