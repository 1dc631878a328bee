namespace QueryStream.Testing.QueryAnalytics;

/// <summary>The settings of Query Analytics that decide what its results are. The defaults are written out again here, as the job promises them.</summary>
public sealed record OracleSettings
{
    /// <summary>The size of each analytic's windows, in seconds.</summary>
    public IReadOnlyDictionary<string, int> WindowSeconds { get; init; } = new Dictionary<string, int>
    {
        ["faculty"] = 20,
        ["year"] = 20,
        ["heatmap"] = 30,
        ["popular_queries"] = 30,
        ["student_year"] = 60,
        ["popular_queries_by_year"] = 120,
        ["department"] = 60,
        ["user_type_distribution"] = 60,
        ["success_rate"] = 60,
        ["response_time"] = 60,
    };

    /// <summary>Who is a student.</summary>
    public IReadOnlyList<string> StudentTypes { get; init; } = ["Sinh viên"];

    /// <summary>A larger value is a dead letter.</summary>
    public int MaxRecordBytes { get; init; } = 1024 * 1024;

    /// <summary>A later event time is a dead letter, in milliseconds since 1970: the clock and what may be ahead of it.</summary>
    public long LatestTime { get; init; } = DateTimeOffset.Parse("9998-12-31T23:59:59.999Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    /// <summary>Which records came too late for an analytic; the oracle does not judge that.</summary>
    public Func<RawRecord, string, bool> IsLate { get; init; } = (_, _) => false;
}
