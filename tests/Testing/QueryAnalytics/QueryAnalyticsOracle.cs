using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace QueryStream.Testing.QueryAnalytics;

/// <summary>
/// Computes the expected results of Query Analytics from the produced records: all at once, with sorted lists and sets instead of windows, watermarks
/// and accumulators, and without any code of the engine or the job.
/// </summary>
public static class QueryAnalyticsOracle
{
    private static readonly IReadOnlyDictionary<string, Analytic> Analytics = new Dictionary<string, Analytic>
    {
        ["faculty"] = new(e => [UserType(e)], QueryCount, UniqueUsers, AverageResponseTime),
        ["year"] = new(e => [Years(e)], QueryCount, AverageResponseTime),
        ["heatmap"] = new(e => [UserType(e), Years(e)], QueryCount, AverageResponseTime),
        ["popular_queries"] = new(e => [Query(e)], QueryCount, UniqueUsers),
        ["student_year"] = new(e => [Years(e)], QueryCount, UniqueUsers, AverageResponseTime) { IsOfStudents = true },
        ["popular_queries_by_year"] = new(e => [Years(e), Query(e)], QueryCount, UniqueUsers) { IsOfStudents = true },
        ["department"] = new(e => [("department_id", e.DepartmentId, e.DepartmentId)], QueryCount, UniqueUsers, AverageResponseTime),
        ["user_type_distribution"] = new(e => [UserType(e)], QueryCount) { HasShare = true },
        ["success_rate"] = new(
            _ => [("", "all", null)],
            events => ("success_count", events.Count(e => e.Success)),
            events => ("failure_count", events.Count(e => !e.Success)),
            events => ("success_rate_pct", events.Count(e => e.Success) * 100.0 / events.Count)),
        ["response_time"] = new(
            e => [UserType(e)],
            events => ("avg_time", ResponseTimes(events) is { Count: > 0 } times ? times.Average() : null),
            events => ("min_time", ResponseTimes(events) is { Count: > 0 } times ? times[0] : null),
            events => ("max_time", ResponseTimes(events) is { Count: > 0 } times ? times[^1] : null),
            events => ("p95_time", ResponseTimes(events) is { Count: > 0 } times ? times[(int)Math.Ceiling(times.Count * 95 / 100m) - 1] : null),
            QueryCount),
    };

    private delegate (string Name, JsonNode? Value) Metric(IReadOnlyList<OracleEvent> events);

    /// <summary>The expected results of a run over these records, after all windows have closed.</summary>
    public static OracleResults Expect(IEnumerable<RawRecord> records, OracleSettings? settings = null)
    {
        settings ??= new OracleSettings();
        List<(RawRecord Record, OracleEvent Event)> events = [];
        Dictionary<string, IReadOnlySet<(int, long)>> deadLetters = [];
        foreach (RawRecord record in records)
        {
            (OracleEvent? understood, string? reason) = Judge(record, settings);
            if (understood is not null)
            {
                events.Add((record, understood));
                continue;
            }

            deadLetters.TryAdd(reason!, new HashSet<(int, long)>());
            ((HashSet<(int, long)>)deadLetters[reason!]).Add((record.Partition, record.Offset));
        }

        Dictionary<string, JsonObject> values = [];
        Dictionary<string, long> results = [];
        foreach ((string type, Analytic analytic) in Analytics)
        {
            IEnumerable<OracleEvent> inTime = events
                .Where(e => !settings.IsLate(e.Record, type) && (!analytic.IsOfStudents || settings.StudentTypes.Contains(e.Event.UserType)))
                .Select(e => e.Event);
            int before = values.Count;
            AddWindows(values, type, analytic, inTime, settings.WindowSeconds[type]);
            results[type] = values.Count - before;
        }

        return new OracleResults(values, results, deadLetters);
    }

    private static (OracleEvent? Event, string? Reason) Judge(RawRecord record, OracleSettings settings)
    {
        if (record.Value is null)
        {
            return (null, "null-value");
        }

        if (record.Value.Length > settings.MaxRecordBytes)
        {
            return (null, "record-too-large");
        }

        (OracleEvent? understood, string? reason) = OracleEvent.Read(record);
        return understood is null ? (null, reason)
            : understood.Time < 0 || understood.Time > settings.LatestTime ? (null, "time-out-of-range")
            : (understood, null);
    }

    private static void AddWindows(
        Dictionary<string, JsonObject> values, string type, Analytic analytic, IEnumerable<OracleEvent> events, int seconds)
    {
        foreach (IGrouping<long, OracleEvent> window in events.GroupBy(e => e.Time / (seconds * 1000L)))
        {
            int total = window.Count();
            string start = TimeOf(window.Key * seconds);
            foreach (IGrouping<string, OracleEvent> group in window.GroupBy(
                e => string.Join(':', analytic.Group(e).Select(member => Escape(member.Identifier)))))
            {
                List<OracleEvent> members = [.. group];
                JsonObject value = new() { ["type"] = type };
                foreach ((string name, _, JsonNode? shown) in analytic.Group(members[0]).Where(member => member.Name.Length > 0))
                {
                    value[name] = shown;
                }

                value["window_start"] = start;
                value["window_end"] = TimeOf((window.Key + 1) * seconds);
                foreach (Metric metric in analytic.Metrics)
                {
                    (string name, JsonNode? number) = metric(members);
                    value[name] = number;
                }

                if (analytic.HasShare)
                {
                    value["percentage"] = members.Count * 100.0 / total;
                }

                value["final"] = true;
                values.Add($"analytics:{type}:{group.Key}:{start}", value);
            }
        }
    }

    private static string TimeOf(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Escape(string identifier) =>
        identifier.Replace("%", "%25", StringComparison.Ordinal).Replace(":", "%3A", StringComparison.Ordinal);

    private static (string Name, string Identifier, JsonNode? Shown) UserType(OracleEvent e) => ("user_type", e.UserType, e.UserType);

    private static (string Name, string Identifier, JsonNode? Shown) Years(OracleEvent e) => e.Years is { } years
        ? ("years", years.ToString(CultureInfo.InvariantCulture), JsonValue.Create(years))
        : ("years", "unknown", JsonValue.Create("unknown"));

    private static (string Name, string Identifier, JsonNode? Shown) Query(OracleEvent e) =>
        ("query_text", Convert.ToHexString(MD5.HashData(Encoding.UTF8.GetBytes(e.Query))).ToLowerInvariant(), e.Query);

    private static (string Name, JsonNode? Value) QueryCount(IReadOnlyList<OracleEvent> events) => ("query_count", events.Count);

    private static (string Name, JsonNode? Value) UniqueUsers(IReadOnlyList<OracleEvent> events) =>
        ("unique_users", events.Where(e => e.UserId is not null).Select(e => e.UserId).Distinct(StringComparer.Ordinal).Count());

    private static (string Name, JsonNode? Value) AverageResponseTime(IReadOnlyList<OracleEvent> events) =>
        ("avg_response_time", ResponseTimes(events) is { Count: > 0 } times ? times.Average() : null);

    private static List<double> ResponseTimes(IReadOnlyList<OracleEvent> events) =>
        [.. events.Where(e => e.ResponseTime is not null).Select(e => e.ResponseTime!.Value).Order()];

    private sealed record Analytic(Func<OracleEvent, (string Name, string Identifier, JsonNode? Shown)[]> Group, params Metric[] Metrics)
    {
        public bool IsOfStudents { get; init; }

        public bool HasShare { get; init; }
    }
}
