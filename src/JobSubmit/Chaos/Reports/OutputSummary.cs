namespace QueryStream.JobSubmit.Chaos.Reports;

/// <summary>What all rounds did to one output.</summary>
internal sealed class OutputSummary
{
    private readonly TimeSpan[] _downtimes;
    private readonly double[] _throughputs;
    private readonly double[] _baselines;

    /// <param name="name">The output.</param>
    /// <param name="rounds">The rounds, at least one.</param>
    public OutputSummary(string name, IReadOnlyList<OutputImpact> rounds)
    {
        Name = name;
        _downtimes = [.. rounds.Select(round => round.Downtime).Order()];
        _throughputs = [.. rounds.Select(round => round.Throughput).OfType<double>().Order()];
        _baselines = [.. rounds.Select(round => round.BaselineRate).Order()];
        Latencies =
        [
            ("before", Merge(rounds.Take(1).Select(round => round.Before))),
            ("during", Merge(rounds.Select(round => round.During))),
            ("after", Merge(rounds.Select(round => round.After))),
        ];
    }

    /// <summary>The output.</summary>
    public string Name { get; }

    /// <summary>The latencies before the first fault, in all faults, and after all of them.</summary>
    public IReadOnlyList<(string Interval, LatencyHistogram Latencies)> Latencies { get; }

    /// <summary>New events a second before a fault, as the median of the rounds.</summary>
    public double Baseline => Median(_baselines)!.Value;

    /// <summary>The rate in a fault as percent of that before, as the median of the rounds; null: there was none before.</summary>
    public double? Throughput => Median(_throughputs);

    /// <summary>The lowest of them.</summary>
    public double? MinThroughput => _throughputs.Length == 0 ? null : _throughputs[0];

    /// <summary>The downtime that this share of the rounds do not exceed.</summary>
    public TimeSpan Downtime(double share) => PhaseStatistics.Percentile(_downtimes, share);

    private static double? Median(double[] sorted) => sorted.Length == 0 ? null : sorted[(sorted.Length - 1) / 2];

    private static LatencyHistogram Merge(IEnumerable<LatencyHistogram> all)
    {
        LatencyHistogram merged = new();
        foreach (LatencyHistogram one in all)
        {
            merged.Add(one);
        }

        return merged;
    }
}
