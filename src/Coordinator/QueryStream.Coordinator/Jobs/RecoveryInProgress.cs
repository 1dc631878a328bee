namespace QueryStream.Coordinator.Jobs;

/// <summary>Watches regions that restart, and notes when each phase of the recovery is over. Used only in turns of the job's master.</summary>
/// <param name="noticed">When the failure has arrived, by the clock's timestamp.</param>
/// <param name="view">What is published of it.</param>
/// <param name="regions">The regions that restart.</param>
/// <param name="time">The clock.</param>
internal sealed class RecoveryInProgress(long noticed, JobRecovery view, IEnumerable<JobRegion> regions, TimeProvider time)
{
    private static readonly RecoveryPhase[] Order =
        [RecoveryPhase.Stopped, RecoveryPhase.Delayed, RecoveryPhase.Placed, RecoveryPhase.Deployed, RecoveryPhase.Running];

    private readonly List<JobRegion> _regions = [.. regions];

    /// <summary>When the failure has arrived, by the clock's timestamp.</summary>
    public long Noticed => noticed;

    /// <summary>What is published of it.</summary>
    public JobRecovery View { get; private set; } = view;

    public IReadOnlyList<JobRegion> Regions => _regions;

    /// <summary>Whether its regions have not begun their next attempt.</summary>
    public bool IsWaiting => View.AfterOf(RecoveryPhase.Delayed) is null;

    /// <summary>Whether all tasks run again.</summary>
    public bool IsComplete => View.AfterOf(RecoveryPhase.Running) is not null;

    /// <summary>Whether nothing is left to be noted.</summary>
    public bool HasOutput => View.AfterOf(RecoveryPhase.FirstOutput) is not null;

    /// <summary>Changes what is published, but for the phases.</summary>
    public void Change(Func<JobRecovery, JobRecovery> change) => View = change(View);

    /// <summary>Further regions restart with these, which have not begun their next attempt.</summary>
    public void Join(IEnumerable<JobRegion> others)
    {
        _regions.AddRange(others.Except(_regions).ToArray());
        View = View with { Phases = View.Phases.RemoveAll(reached => reached.Phase == RecoveryPhase.Stopped) };
    }

    /// <summary>The next failure has come before all tasks ran again.</summary>
    public void FailAgain() => Reach(RecoveryPhase.FailedAgain, time.GetTimestamp());

    /// <summary>Notes the phases that are over.</summary>
    /// <returns>Whether any is that was not before.</returns>
    public bool Observe()
    {
        bool changed = false;
        foreach (RecoveryPhase phase in Order)
        {
            if (View.AfterOf(phase) is not null)
            {
                continue;
            }

            if (!_regions.TrueForAll(region => HasReached(region, phase)))
            {
                break;
            }

            Reach(phase, time.GetTimestamp());
            changed = true;
        }

        return changed;
    }

    /// <summary>Notes that rows were acknowledged, after the tasks have reported their metrics.</summary>
    /// <returns>Whether they were for the first time.</returns>
    public bool ObserveOutput()
    {
        if (!IsComplete || HasOutput)
        {
            return false;
        }

        long? earliest = null;
        foreach (TaskExecution task in _regions.SelectMany(region => region.Execution!.Tasks))
        {
            if (task.Sample is { Acknowledged: > 0 })
            {
                earliest = Math.Min(earliest ?? long.MaxValue, task.AcknowledgedAt ?? time.GetTimestamp());
            }
        }

        if (earliest is not long at)
        {
            return false;
        }

        Reach(RecoveryPhase.FirstOutput, at);
        return true;
    }

    private static bool HasReached(JobRegion region, RecoveryPhase phase) => phase switch
    {
        RecoveryPhase.Stopped => !region.HasFailed || region.Execution is { HasEnded: true },
        RecoveryPhase.Delayed => !region.HasFailed,
        RecoveryPhase.Placed => !region.HasFailed && region.Execution is { Workers.Count: > 0 },
        RecoveryPhase.Deployed => !region.HasFailed && region.Execution is { Workers.Count: > 0, IsDeployed: true },
        _ => region.HasStarted,
    };

    // A task that runs before the last one does may have written before.
    private void Reach(RecoveryPhase phase, long at)
    {
        TimeSpan after = time.GetElapsedTime(noticed, at);
        View = View.Reach(phase, View.Phases.IsEmpty || after > View.Phases[^1].After ? after : View.Phases[^1].After);
    }
}
