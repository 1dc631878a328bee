using System.Globalization;
using System.Text.Json;
using QueryStream.Core.Texts;

namespace QueryStream.JobSubmit.Demo;

/// <summary>One published result, for people.</summary>
/// <param name="WindowStart">The start of its window.</param>
/// <param name="IsFinal">Whether the window has closed.</param>
/// <param name="Members">Group and metrics in their order.</param>
internal sealed record AnalyticResult(string WindowStart, bool IsFinal, IReadOnlyList<(string Name, string Value)> Members)
{
    private const string DataMember = "data";
    private const string StartMember = "window_start";
    private const string FinalMember = "final";
    private static readonly string[] Apart = ["type", StartMember, "window_end", FinalMember];

    /// <summary>Reads a message of the channel; null where it is none of a result.</summary>
    public static AnalyticResult? Parse(Text message)
    {
        Utf8JsonReader json = new(message.Bytes);
        using JsonDocument document = JsonDocument.ParseValue(ref json);
        if (!document.RootElement.TryGetProperty(DataMember, out JsonElement data) || data.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        List<(string, string)> members = [.. data.EnumerateObject()
            .Where(member => !Apart.Contains(member.Name))
            .Select(member => (member.Name, Format(member.Value)))];
        string start = data.TryGetProperty(StartMember, out JsonElement window) ? window.GetString() ?? "" : "";
        bool isFinal = data.TryGetProperty(FinalMember, out JsonElement final) && final.ValueKind == JsonValueKind.True;
        return new AnalyticResult(start[(start.IndexOf('T', StringComparison.Ordinal) + 1)..], isFinal, members);
    }

    private static string Format(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when !value.TryGetInt64(out _) => value.GetDouble().ToString("0.##", CultureInfo.InvariantCulture),
        JsonValueKind.Null => "–",
        _ => value.ToString(),
    };
}
