using System.Globalization;
using System.Text.Json;
using QueryStream.Core.Texts;

namespace QueryStream.JobSubmit.Demo;

/// <summary>One published result, for people.</summary>
/// <param name="WindowStart">The start of its window.</param>
/// <param name="IsFinal">Whether the window has closed.</param>
/// <param name="Group">What the result is grouped by: the members before the window, in their order.</param>
/// <param name="Metrics">The metrics: the members after the window, in their order.</param>
internal sealed record AnalyticResult(
    string WindowStart, bool IsFinal, IReadOnlyList<(string Name, string Value)> Group, IReadOnlyList<(string Name, string Value)> Metrics)
{
    private const string DataMember = "data";
    private const string StartMember = "window_start";
    private const string FinalMember = "final";
    private static readonly string[] ShownElsewhere = ["type", StartMember, "window_end", FinalMember];

    /// <summary>All members: group and metrics.</summary>
    public IEnumerable<(string Name, string Value)> Members => Group.Concat(Metrics);

    /// <summary>Reads a message of the channel; null if it is no result.</summary>
    public static AnalyticResult? Parse(Text message)
    {
        Utf8JsonReader json = new(message.Bytes);
        using JsonDocument document = JsonDocument.ParseValue(ref json);
        if (!document.RootElement.TryGetProperty(DataMember, out JsonElement data) || data.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        List<(string, string)> group = [];
        List<(string, string)> metrics = [];
        bool isBehindWindow = !data.TryGetProperty(StartMember, out JsonElement window);
        foreach (JsonProperty member in data.EnumerateObject())
        {
            isBehindWindow |= member.NameEquals(StartMember);
            if (!ShownElsewhere.Contains(member.Name))
            {
                (isBehindWindow ? metrics : group).Add((member.Name, Format(member.Value)));
            }
        }

        string start = window.ValueKind == JsonValueKind.String ? window.GetString()! : "";
        bool isFinal = data.TryGetProperty(FinalMember, out JsonElement final) && final.ValueKind == JsonValueKind.True;
        return new AnalyticResult(start[(start.IndexOf('T', StringComparison.Ordinal) + 1)..], isFinal, group, metrics);
    }

    private static string Format(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when !value.TryGetInt64(out _) => value.GetDouble().ToString("0.##", CultureInfo.InvariantCulture),
        JsonValueKind.Null => "–",
        _ => value.ToString(),
    };
}
