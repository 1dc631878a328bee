using System.Text.Json;
using System.Text.Json.Nodes;

namespace QueryStream.Rest.Tests;

/// <summary>Compares answers with the schemas of an OpenAPI document. It knows what our document uses of JSON Schema, and nothing else.</summary>
/// <param name="document">The document.</param>
internal sealed class SchemaCheck(JsonNode document)
{
    /// <summary>Where a value is not as a schema says.</summary>
    public IEnumerable<string> Problems(string at, JsonNode? value, JsonNode schema)
    {
        if (schema["$ref"] is { } reference)
        {
            return Problems(at, value, Resolve((string)reference!));
        }

        if (schema["anyOf"] is JsonArray choices)
        {
            return choices.Any(choice => !Problems(at, value, choice!).Any())
                ? []
                : [$"{at}: {value?.ToJsonString()} is none of {choices.ToJsonString()}"];
        }

        string[] types = schema["type"] switch
        {
            JsonArray several => [.. several.Select(type => (string)type!)],
            { } one => [(string)one!],
            null => [],
        };
        return types.Length == 0 ? []
            : !types.Any(type => Is(value, type)) ? [$"{at}: {value?.ToJsonString() ?? "null"} is not {string.Join(" or ", types)}"]
            : value switch
            {
                JsonObject fields => OfObject(at, fields, schema),
                JsonArray items => items.SelectMany((item, index) => Problems($"{at}[{index}]", item, schema["items"]!)),
                _ => [],
            };
    }

    private static bool Is(JsonNode? value, string type) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number)
            or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null) => true,
        ("integer", JsonValueKind.Number) => long.TryParse(value!.ToJsonString(), out _),
        _ => false,
    };

    private IEnumerable<string> OfObject(string at, JsonObject fields, JsonNode schema)
    {
        foreach (string missing in schema["required"]?.AsArray().Select(name => (string)name!).Where(name => !fields.ContainsKey(name)) ?? [])
        {
            yield return $"{at}.{missing} is missing";
        }

        foreach ((string name, JsonNode? field) in fields)
        {
            JsonNode? known = schema["properties"]?[name] ?? (schema["additionalProperties"] as JsonObject);
            if (known is null)
            {
                yield return $"{at}.{name} is not in the schema";
                continue;
            }

            foreach (string problem in Problems($"{at}.{name}", field, known))
            {
                yield return problem;
            }
        }
    }

    private JsonNode Resolve(string reference) =>
        reference.Split('/').Skip(1).Aggregate(document, (node, part) => node[part] ?? throw new KeyNotFoundException(reference));
}
