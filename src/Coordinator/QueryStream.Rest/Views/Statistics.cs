using QueryStream.Rest.Model;

namespace QueryStream.Rest.Views;

/// <summary>Figures over several subtasks. Pure.</summary>
internal static class Statistics
{
    /// <summary>The statistics of whole numbers; all 0 of none.</summary>
    public static SubtaskStatistics Of(IEnumerable<long> values)
    {
        long[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? new SubtaskStatistics() : new SubtaskStatistics
        {
            Min = sorted[0],
            Max = sorted[^1],
            Average = (long)sorted.Average(),
            Sum = sorted.Sum(),
            Median = Percentile(sorted, 0.5),
            P25 = Percentile(sorted, 0.25),
            P75 = Percentile(sorted, 0.75),
            P95 = Percentile(sorted, 0.95),
        };
    }

    /// <summary>The average distance from the average, in percent of it, at most 100; 0 where the average is.</summary>
    public static double Skew(IReadOnlyCollection<double> values)
    {
        double average = values.Average();
        return average == 0 ? 0 : Math.Min(100, values.Average(value => Math.Abs(value - average)) / Math.Abs(average) * 100);
    }

    // Interpolates at p * (n + 1), R-6 of Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996), as Flink does.
    private static long Percentile(long[] sorted, double part)
    {
        double place = part * (sorted.Length + 1);
        int below = (int)place;
        return below < 1 ? sorted[0]
            : below >= sorted.Length ? sorted[^1]
            : (long)(sorted[below - 1] + ((place - below) * (sorted[below] - sorted[below - 1])));
    }
}
