using QueryStream.JobSubmit.Chaos.Rounds;

namespace QueryStream.JobSubmit.Chaos.Reports;

/// <summary>The result of a run.</summary>
/// <param name="Request">The run.</param>
internal sealed record ChaosReport(ChaosRequest Request)
{
    /// <summary>The rounds.</summary>
    public required IReadOnlyList<ChaosRound> Rounds { get; init; }

    /// <summary>The number of completed checkpoints.</summary>
    public required long Checkpoints { get; init; }

    /// <summary>How often the job started from a checkpoint.</summary>
    public required long Restores { get; init; }

    /// <summary>How long the run took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long events were produced.</summary>
    public required TimeSpan Producing { get; init; }

    /// <summary>The produced events.</summary>
    public required ProducedEvents Events { get; init; }

    /// <summary>The differences between the output and the expected output.</summary>
    public required Differences Differences { get; init; }

    /// <summary>What happened although no fault has caused it, each as a line.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>Events a second.</summary>
    public double EventsPerSecond => Events.Count / Math.Max(Producing.TotalSeconds, 0.001);

    /// <summary>Whether each event counts once.</summary>
    public bool IsEqual => Differences.Count == 0;

    /// <summary>All faults.</summary>
    public IReadOnlyList<Fault> Faults => [.. Rounds.SelectMany(round => round.Faults)];

    /// <summary>The number of kills.</summary>
    public int Kills => Faults.Count(fault => FaultKinds.IsKill(fault.Kind));

    /// <summary>How long each phase of the recoveries took.</summary>
    public IReadOnlyList<PhaseStatistics> Recovery => PhaseStatistics.Of(Rounds.SelectMany(round => round.Recoveries));

    /// <summary>The differences of a kind, as a user calls it.</summary>
    public IReadOnlyList<(string Name, long Count)> Counts =>
    [
        ("lost", Differences.CountOf(DifferenceKind.Missing)),
        ("duplicated", Differences.CountOf(DifferenceKind.Duplicate)),
        ("wrong", Differences.CountOf(DifferenceKind.Wrong)),
    ];

    /// <summary>What all rounds did to the topic, and to the running counts in Redis.</summary>
    public IReadOnlyList<OutputSummary> Outputs =>
    [
        new("kafka", [.. Rounds.Select(round => round.Topic)]),
        new("redis", [.. Rounds.Select(round => round.Redis)]),
    ];
}
