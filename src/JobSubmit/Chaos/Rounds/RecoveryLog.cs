using QueryStream.JobSubmit.Chaos.Reports;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Chaos.Rounds;

/// <summary>
/// Collects the recoveries of a round from the events of the job. Asked while they go on, since events end with the coordinator that knows them.
/// </summary>
internal sealed class RecoveryLog
{
    /// <summary>The last phase of a recovery.</summary>
    public const string FirstOutput = "first-output";

    private const string Restarted = "RESTARTED";
    private const string Resumed = "RESUMED";
    private const string Adopted = "ADOPTED";
    private const string Running = "RUNNING";

    // When the faults of the round began, in milliseconds since 1970.
    private readonly List<long> _faults = [];
    private readonly Dictionary<(int Restart, long Noticed), JobRecoveryDetails> _recoveries = [];
    private readonly SortedDictionary<long, Takeover> _takeovers = [];

    /// <summary>A fault begins.</summary>
    /// <param name="at">When.</param>
    public void Begin(DateTimeOffset at) => _faults.Add(at.ToUnixTimeMilliseconds());

    /// <summary>Adds what is new of the job's events.</summary>
    /// <param name="events">The events, the newest first.</param>
    public void Add(IReadOnlyList<JobEventDetails> events)
    {
        Takeover? takeover = null;
        foreach (JobEventDetails happened in events.Reverse().Where(happened => happened.Timestamp >= _faults[0]))
        {
            switch (happened.Kind)
            {
                case Restarted when happened.Recovery is { } recovery:
                    _recoveries[(recovery.Restart, recovery.Noticed)] = recovery;
                    break;
                case Resumed:
                    _takeovers[happened.Timestamp] = takeover = new Takeover(happened.Timestamp);
                    break;
                case Adopted or Running when takeover is { RunsAt: null }:
                    takeover.RunsAt = happened.Timestamp;
                    takeover.IsAdopted = happened.Kind == Adopted;
                    break;
            }
        }
    }

    /// <summary>How long after the first fault all tasks ran again.</summary>
    public TimeSpan RunsAgain => TimeSpan.FromMilliseconds(
        _recoveries.Values.Where(recovery => recovery.Total >= 0).Select(recovery => recovery.Noticed + recovery.Total)
            .Concat(_takeovers.Values.Select(takeover => takeover.RunsAt ?? 0))
            .Append(_faults[0])
            .Max() - _faults[0]);

    /// <summary>How many recoveries have started from a checkpoint.</summary>
    public int Restores => _recoveries.Values.Count(recovery => recovery is { Total: >= 0, RestoredFrom: not null });

    /// <summary>The phases of each recovery, those of the workers first.</summary>
    public IReadOnlyList<IReadOnlyList<Phase>> Recoveries =>
    [
        .. _recoveries.Values.Where(recovery => recovery.Total >= 0).OrderBy(recovery => recovery.Noticed).Select(PhasesOf),
        .. _takeovers.Values.Where(takeover => takeover.RunsAt is not null).Select(PhasesOf),
    ];

    private IReadOnlyList<Phase> PhasesOf(JobRecoveryDetails recovery)
    {
        TimeSpan noticed = SinceFault(recovery.Noticed);
        return
        [
            new Phase("noticed", noticed),
            .. recovery.Phases.Select(phase => new Phase(phase.Name, TimeSpan.FromMilliseconds(phase.Duration))),
            new Phase(Phase.Total, noticed + TimeSpan.FromMilliseconds(recovery.Total)),
        ];
    }

    private IReadOnlyList<Phase> PhasesOf(Takeover takeover)
    {
        TimeSpan led = SinceFault(takeover.At);
        TimeSpan runs = TimeSpan.FromMilliseconds(takeover.RunsAt!.Value - takeover.At);
        string how = takeover.IsAdopted ? "adopted" : "restarted";
        return [new Phase("next-leader", led), new Phase(how, runs), new Phase($"{Phase.Total}-of-leader", led + runs)];
    }

    // Since the last fault before, which has caused it.
    private TimeSpan SinceFault(long at) => TimeSpan.FromMilliseconds(at - _faults.FindLast(fault => fault <= at));

    /// <summary>A coordinator that goes on with the job of the one before.</summary>
    /// <param name="At">When it began.</param>
    private sealed record Takeover(long At)
    {
        /// <summary>When all tasks ran under it; null: they do not yet.</summary>
        public long? RunsAt { get; set; }

        /// <summary>Whether they had gone on meanwhile.</summary>
        public bool IsAdopted { get; set; }
    }
}
