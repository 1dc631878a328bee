using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>Decides when the next checkpoint of a job is due. Used only in turns of the job's master.</summary>
/// <param name="settings">The job's settings.</param>
/// <param name="time">The clock.</param>
internal sealed class CheckpointSchedule(CheckpointSettings settings, TimeProvider time)
{
    // The delay before a requested checkpoint after a failed one. It doubles with each failure, so that an unavailable storage is not called all the
    // time.
    private static readonly TimeSpan RequestRetryDelay = TimeSpan.FromSeconds(1);
    private const int MaxRequestRetryDoublings = 6;

    // The tasks whose operators wait for a checkpoint that has not been triggered yet.
    private readonly HashSet<TaskId> _requests = [];
    private bool _isRequested;
    private long _intervalStart;
    private long? _endedAt;

    /// <summary>The interval begins: checkpoints are taken from now on, or one that is not a savepoint is triggered.</summary>
    public void StartInterval() => _intervalStart = time.GetTimestamp();

    /// <summary>The job needs a checkpoint before the next one is due. One that fails is repeated.</summary>
    public void Request() => _isRequested = true;

    /// <summary>A checkpoint is complete.</summary>
    public void OnCompleted() => _isRequested = false;

    /// <summary>An operator of a task asks for a checkpoint before the next one is due.</summary>
    public void Request(TaskId task) => _requests.Add(task);

    /// <summary>A task asks for none any more: its attempt has ended.</summary>
    public void Withdraw(TaskId task) => _requests.Remove(task);

    /// <summary>No task asks for one any more: all attempts have ended.</summary>
    public void WithdrawAll() => _requests.Clear();

    /// <summary>A checkpoint is triggered that is of use to the operators that have asked for one.</summary>
    public void OnServed() => _requests.Clear();

    /// <summary>A checkpoint or a savepoint has completed or failed.</summary>
    public void OnEnded() => _endedAt = time.GetTimestamp();

    /// <summary>The time until the next checkpoint; zero or less: it is due.</summary>
    /// <param name="consecutiveFailures">How many have failed since the last one that completed.</param>
    public TimeSpan UntilDue(long consecutiveFailures)
    {
        TimeSpan wait = settings.Interval - time.GetElapsedTime(_intervalStart);
        if ((_isRequested || _requests.Count > 0) && UntilRequested(consecutiveFailures) is var requested && requested < wait)
        {
            wait = requested;
        }

        TimeSpan pause = _endedAt is long ended ? settings.MinPause - time.GetElapsedTime(ended) : TimeSpan.Zero;
        return wait > pause ? wait : pause;
    }

    private TimeSpan UntilRequested(long consecutiveFailures)
    {
        if (consecutiveFailures == 0 || _endedAt is not long ended)
        {
            return TimeSpan.Zero;
        }

        int doublings = (int)Math.Min(consecutiveFailures - 1, MaxRequestRetryDoublings);
        return (RequestRetryDelay * (1 << doublings)) - time.GetElapsedTime(ended);
    }
}
