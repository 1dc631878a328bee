namespace QueryStream.JobSubmit.Chaos.Reports;

/// <summary>How long a phase took in all recoveries that had it.</summary>
/// <param name="Name">The phase.</param>
/// <param name="Count">How many recoveries had it.</param>
/// <param name="P50">The median.</param>
/// <param name="P95">What 95 % do not exceed.</param>
/// <param name="Max">The longest.</param>
internal sealed record PhaseStatistics(string Name, int Count, TimeSpan P50, TimeSpan P95, TimeSpan Max)
{
    /// <summary>The figures of each phase, in the order of the phases.</summary>
    public static IReadOnlyList<PhaseStatistics> Of(IEnumerable<IReadOnlyList<Phase>> recoveries)
    {
        List<string> order = [];
        Dictionary<string, List<TimeSpan>> durations = [];
        foreach (IReadOnlyList<Phase> recovery in recoveries)
        {
            int at = 0;
            foreach (Phase phase in recovery)
            {
                if (!durations.TryGetValue(phase.Name, out List<TimeSpan>? all))
                {
                    durations.Add(phase.Name, all = []);
                    order.Insert(at, phase.Name);
                }

                all.Add(phase.Duration);
                at = order.IndexOf(phase.Name) + 1;
            }
        }

        return [.. order.Select(name => Of(name, durations[name]))];
    }

    /// <summary>The value that this share of all do not exceed: one of them, since there are few.</summary>
    /// <param name="sorted">The values, at least one, in rising order.</param>
    /// <param name="share">Above 0, at most 1.</param>
    public static TimeSpan Percentile(IReadOnlyList<TimeSpan> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];

    private static PhaseStatistics Of(string name, List<TimeSpan> durations)
    {
        durations.Sort();
        return new PhaseStatistics(name, durations.Count, Percentile(durations, 0.5), Percentile(durations, 0.95), durations[^1]);
    }
}
