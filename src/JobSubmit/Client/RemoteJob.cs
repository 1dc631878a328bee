using QueryStream.Core.Errors;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Client;

/// <summary>Waits for what a job of a cluster does.</summary>
internal static class RemoteJob
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether a state is final.</summary>
    public static bool HasEnded(string state) => state is "FINISHED" or "CANCELED" or "FAILED";

    /// <summary>Waits until a job has ended.</summary>
    public static async Task<JobDetailsResponse> EndAsync(ClusterClient client, string job, TimeProvider time, CancellationToken stop)
    {
        while (true)
        {
            JobDetailsResponse details = await client.JobAsync(job, stop);
            if (HasEnded(details.State))
            {
                return details;
            }

            await Task.Delay(Interval, time, stop);
        }
    }

    /// <summary>Waits until a savepoint is complete.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="CheckpointFailedException">It has failed.</exception>
    public static async Task<string> SavepointAsync(ClusterClient client, string job, string trigger, TimeProvider time, CancellationToken stop)
    {
        while (true)
        {
            switch (await client.SavepointAsync(job, trigger, stop))
            {
                case { Location: { } path }:
                    return path;
                case { FailureCause: { } failure }:
                    throw new CheckpointFailedException(failure.Message);
            }

            await Task.Delay(Interval, time, stop);
        }
    }
}
