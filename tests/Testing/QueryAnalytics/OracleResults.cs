using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QueryStream.Testing.QueryAnalytics;

/// <summary>The expected results of a run.</summary>
/// <param name="Values">The final value of each Redis key.</param>
/// <param name="Results">The number of final results of each analytic.</param>
/// <param name="DeadLetters">The records that are dead letters, by reason.</param>
public sealed record OracleResults(
    IReadOnlyDictionary<string, JsonObject> Values,
    IReadOnlyDictionary<string, long> Results,
    IReadOnlyDictionary<string, IReadOnlySet<(int Partition, long Offset)>> DeadLetters)
{
    /// <summary>The number of dead letters by reason.</summary>
    public IReadOnlyDictionary<string, long> DeadLetterCounts => DeadLetters.ToDictionary(reason => reason.Key, reason => (long)reason.Value.Count);

    /// <summary>Compares key by key and field by field.</summary>
    /// <param name="actual">The stored value of each Redis key.</param>
    /// <returns>The differences; empty if there are none.</returns>
    public IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> actual)
    {
        List<string> differences =
            [.. actual.Keys.Where(key => !Values.ContainsKey(key)).Select(key => $"{key}: must not be there, but is {actual[key]}")];
        foreach ((string key, JsonObject expected) in Values)
        {
            if (!actual.TryGetValue(key, out string? json))
            {
                differences.Add($"{key}: is missing; expected {expected.ToJsonString()}");
                continue;
            }

            JsonObject value = JsonNode.Parse(json)!.AsObject();
            differences.AddRange(
                value.Where(field => !expected.ContainsKey(field.Key)).Select(field => $"{key}: has a field {field.Key} that is not expected"));
            differences.AddRange(expected.Where(field => !AreEqual(field.Key, field.Value, value))
                .Select(field => $"{key}: {field.Key} is {Json(value, field.Key)}, expected {field.Value?.ToJsonString() ?? "null"}"));
        }

        return differences;
    }

    private static string Json(JsonObject value, string field) =>
        value.TryGetPropertyValue(field, out JsonNode? node) ? node?.ToJsonString() ?? "null" : "missing";

    private static bool AreEqual(string field, JsonNode? expected, JsonObject value)
    {
        if (!value.TryGetPropertyValue(field, out JsonNode? actual) || expected is null || actual is null)
        {
            return value.ContainsKey(field) && expected is null && actual is null;
        }

        if (expected.GetValueKind() != actual.GetValueKind() || expected.GetValueKind() != JsonValueKind.Number)
        {
            return JsonNode.DeepEquals(expected, actual);
        }

        double a = double.Parse(expected.ToJsonString(), CultureInfo.InvariantCulture);
        double b = double.Parse(actual.ToJsonString(), CultureInfo.InvariantCulture);
        return field switch
        {
            "p95_time" => IsClose(a, b, 0.01 + 1e-9),
            "avg_response_time" or "avg_time" or "percentage" or "success_rate_pct" => IsClose(a, b, 1e-9),
            _ => a.Equals(b),
        };
    }

    private static bool IsClose(double expected, double actual, double relative) => Math.Abs(expected - actual) <= Math.Abs(expected) * relative;
}
