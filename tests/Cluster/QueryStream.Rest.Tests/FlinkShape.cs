using System.Text.Json;
using System.Text.Json.Nodes;

namespace QueryStream.Rest.Tests;

/// <summary>
/// The fields of an answer of Flink 1.20 and their types, from a file with a line <c>.path[].of.field type|type</c> for each; <c>?</c> behind the
/// types: it may be left out; <c>*</c> in a path: any id.
/// </summary>
internal sealed class FlinkShape
{
    private readonly Dictionary<string, (HashSet<string> Types, bool IsOptional)> _fields = [];

    public FlinkShape(string name)
    {
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Flink", $"{name}.shape")))
        {
            string[] parts = line.Split(' ');
            _fields[parts[0] == "." ? "" : parts[0]] = ([.. parts[1].TrimEnd('?').Split('|')], parts[1].EndsWith('?'));
        }
    }

    /// <summary>What an answer lacks, or has with another type. Fields of our own are allowed.</summary>
    public IReadOnlyList<string> Missing(JsonNode? answer)
    {
        SortedSet<string> missing = new(StringComparer.Ordinal);
        Compare("", answer, missing);
        return [.. missing];
    }

    private void Compare(string path, JsonNode? actual, SortedSet<string> missing)
    {
        if (!Fits(_fields[path].Types, actual))
        {
            missing.Add($"{path}: {actual?.GetValueKind().ToString() ?? "Null"} instead of {string.Join('|', _fields[path].Types)}");
            return;
        }

        switch (actual)
        {
            case JsonObject fields:
                CompareFields(path, fields, missing);
                break;
            case JsonArray elements when _fields.ContainsKey($"{path}[]"):
                foreach (JsonNode? element in elements)
                {
                    Compare($"{path}[]", element, missing);
                }

                break;
        }
    }

    private void CompareFields(string path, JsonObject actual, SortedSet<string> missing)
    {
        foreach ((string field, (_, bool isOptional)) in _fields.Where(one => ParentOf(one.Key) == path))
        {
            string name = field[(path.Length + 1)..];
            if (name == "*")
            {
                foreach ((_, JsonNode? value) in actual)
                {
                    Compare(field, value, missing);
                }
            }
            else if (actual.TryGetPropertyValue(name, out JsonNode? value))
            {
                Compare(field, value, missing);
            }
            else if (!isOptional)
            {
                missing.Add(field);
            }
        }
    }

    private static string? ParentOf(string path) => path.LastIndexOf('.') is >= 0 and int dot && !path.EndsWith(']') ? path[..dot] : null;

    // A number that is not known is null or, as Flink writes percentiles, NaN; what one of Flink's answers has as null may be known here.
    private static bool Fits(HashSet<string> types, JsonNode? actual) => actual switch
    {
        null => true,
        _ when types.SetEquals(["null"]) => true,
        JsonValue value when value.TryGetValue(out string? text) && text == "NaN" && types.Contains("number") => true,
        _ => types.Contains(actual.GetValueKind() switch
        {
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind other => other.ToString().ToLowerInvariant(),
        }),
    };
}
