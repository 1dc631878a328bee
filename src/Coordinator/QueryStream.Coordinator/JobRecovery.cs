using System.Collections.Immutable;

namespace QueryStream.Coordinator;

/// <summary>How tasks of a job were stopped and run again, by a restart or a move. Immutable; phases that are still to come are missing.</summary>
/// <param name="Number">The number of the restart, from 1; 0: subtasks have moved while the others went on.</param>
/// <param name="NoticedAt">
/// When the failure has arrived at the job's master. If it has arrived before a former recovery was complete: when that one's has, so that
/// <see cref="Total"/> is the time for which the job did not run.
/// </param>
public sealed record JobRecovery(int Number, DateTimeOffset NoticedAt)
{
    /// <summary>The regions that restart, by the names of their vertices; empty: all.</summary>
    public IReadOnlyList<string> Regions { get; init; } = [];

    /// <summary>The path of the checkpoint that they restore; null: none, or it is not known yet.</summary>
    public string? RestoredFrom { get; init; }

    /// <summary>The worker that was lost, if one was.</summary>
    public string? LostWorker { get; init; }

    /// <summary>The number of the restart that has followed before this one was complete; null: none has.</summary>
    public int? SupersededBy { get; init; }

    /// <summary>The phases that are over, in their order.</summary>
    public ImmutableList<ReachedPhase> Phases { get; init; } = [];

    /// <summary>From the failure until all tasks ran again; null: they do not yet, or never did.</summary>
    public TimeSpan? Total => AfterOf(RecoveryPhase.Running);

    /// <summary>The name of a phase: <c>first-output</c>.</summary>
    public static string NameOf(RecoveryPhase phase) => phase switch
    {
        RecoveryPhase.FailedAgain => "failed-again",
        RecoveryPhase.FirstOutput => "first-output",
        _ => phase.ToString().ToLowerInvariant(),
    };

    /// <summary>When a phase was over, from <see cref="NoticedAt"/> on; null: it is not.</summary>
    public TimeSpan? AfterOf(RecoveryPhase phase) => Phases.Find(reached => reached.Phase == phase)?.After;

    /// <summary>The same with one more phase, which is over now.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="after">When, from <see cref="NoticedAt"/> on.</param>
    internal JobRecovery Reach(RecoveryPhase phase, TimeSpan after) => this with
    {
        Phases = Phases.Add(new ReachedPhase(phase, after, after - (Phases.IsEmpty ? TimeSpan.Zero : Phases[^1].After))),
    };
}

/// <summary>A phase of a recovery that is over.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="After">When it was over, from the failure on.</param>
/// <param name="Duration">How long it took: from the end of the phase before it.</param>
public sealed record ReachedPhase(RecoveryPhase Phase, TimeSpan After, TimeSpan Duration);

/// <summary>The phases of a recovery, by what ends them.</summary>
public enum RecoveryPhase
{
    /// <summary>The next failure has arrived before the recovery from the first was complete.</summary>
    FailedAgain,

    /// <summary>All tasks of the failed regions have ended, also those of a lost worker, which end when the cluster declares it dead.</summary>
    Stopped,

    /// <summary>The delay of the restart strategy is over, and it is known what is restored.</summary>
    Delayed,

    /// <summary>The tasks have slots, and their workers were told to deploy them.</summary>
    Placed,

    /// <summary>All workers have loaded the job and read the manifest of the checkpoint.</summary>
    Deployed,

    /// <summary>All tasks have restored their state and run.</summary>
    Running,

    /// <summary>A sink has been acknowledged rows. Known as often as workers report metrics.</summary>
    FirstOutput,
}
