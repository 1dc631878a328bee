using QueryStream.JobSubmit.Chaos.Rounds;

namespace QueryStream.JobSubmit.Chaos.Reports;

/// <summary>A round: what was done, and what it has caused.</summary>
/// <param name="Faults">The faults, in their order.</param>
/// <param name="Recoveries">The phases of each recovery.</param>
/// <param name="Topic">What it did to the transactional topic.</param>
/// <param name="Redis">What it did to the running counts in Redis.</param>
internal sealed record ChaosRound(
    IReadOnlyList<Fault> Faults, IReadOnlyList<IReadOnlyList<Phase>> Recoveries, OutputImpact Topic, OutputImpact Redis);

/// <summary>Something that was done to a process.</summary>
/// <param name="Kind">What.</param>
/// <param name="Moment">When.</param>
/// <param name="Process">To which process.</param>
internal sealed record Fault(FaultKind Kind, FaultMoment Moment, string Process);

/// <summary>A part of a recovery, or all of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Duration">How long it took.</param>
internal readonly record struct Phase(string Name, TimeSpan Duration)
{
    /// <summary>The name of the whole recovery.</summary>
    public const string Total = "total";
}

/// <summary>What a round did to one output.</summary>
internal sealed record OutputImpact
{
    /// <summary>The longest time without new events.</summary>
    public required TimeSpan Downtime { get; init; }

    /// <summary>New events a second before the fault.</summary>
    public required double BaselineRate { get; init; }

    /// <summary>New events a second from the fault until the job ran again, at least for a second.</summary>
    public required double FaultRate { get; init; }

    /// <summary>End-to-end latencies before the fault.</summary>
    public required LatencyHistogram Before { get; init; }

    /// <summary>End-to-end latencies from the fault until the job had caught up.</summary>
    public required LatencyHistogram During { get; init; }

    /// <summary>End-to-end latencies after that.</summary>
    public required LatencyHistogram After { get; init; }

    /// <summary>The rate in the fault as percent of that before; null: there was none before.</summary>
    public double? Throughput => BaselineRate > 0 ? FaultRate * 100 / BaselineRate : null;
}
