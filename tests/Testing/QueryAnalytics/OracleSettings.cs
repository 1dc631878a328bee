namespace QueryStream.Testing.QueryAnalytics;

/// <summary>The settings of Query Analytics that affect its results. The defaults are repeated here as documented.</summary>
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

    /// <summary>The user types of students.</summary>
    public IReadOnlyList<string> StudentTypes { get; init; } = ["Sinh viên"];

    /// <summary>The maximum size of a value. Larger values are dead letters.</summary>
    public int MaxRecordBytes { get; init; } = 1024 * 1024;

    /// <summary>The latest accepted event time, in milliseconds since 1970. Later events are dead letters.</summary>
    public long LatestTime { get; init; } = DateTimeOffset.Parse("9998-12-31T23:59:59.999Z", System.Globalization.CultureInfo.InvariantCulture)
        .ToUnixTimeMilliseconds();

    /// <summary>Whether a record was late for an analytic, which the oracle does not determine itself.</summary>
    public Func<RawRecord, string, bool> IsLate { get; init; } = (_, _) => false;
}
