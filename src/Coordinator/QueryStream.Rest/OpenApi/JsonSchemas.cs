using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace QueryStream.Rest.OpenApi;

/// <summary>The schemas of the types of <see cref="RestJson"/>, out of what their serializer itself knows of them.</summary>
internal sealed class JsonSchemas
{
    /// <summary>The schemas of all records so far, by name.</summary>
    public JsonObject Components { get; } = [];

    /// <summary>The schema of a type; of a record a reference to it.</summary>
    /// <param name="type">The type.</param>
    /// <param name="isRequest">Whether clients send it, which may leave out fields; what they receive has all of them.</param>
    public JsonObject Of(Type type, bool isRequest) => Of(RestJson.Default.GetTypeInfo(type)!, isRequest);

    private static bool IsLeftOut(JsonPropertyInfo property) =>
        AttributeOf<JsonIgnoreAttribute>(property) is { Condition: JsonIgnoreCondition.WhenWritingNull };

    private static TAttribute? AttributeOf<TAttribute>(JsonPropertyInfo property)
        where TAttribute : Attribute =>
        property.AttributeProvider?.GetCustomAttributes(typeof(TAttribute), inherit: true).OfType<TAttribute>().FirstOrDefault();

    // The serializer writes numbers that JSON does not have as texts: NaN.
    private static JsonObject SimpleOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.String => new JsonObject { ["type"] = "string" },
        TypeCode.Boolean => new JsonObject { ["type"] = "boolean" },
        TypeCode.Int32 => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
        TypeCode.Int64 => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
        TypeCode.Double => new JsonObject { ["type"] = new JsonArray("number", "string"), ["format"] = "double" },
        _ when type == typeof(JsonElement) => [],
        _ => throw new NotSupportedException($"Type {type} of the REST interface has no schema. Add it to {nameof(JsonSchemas)}."),
    };

    private static JsonObject OrNull(JsonObject schema)
    {
        switch (schema["type"])
        {
            case JsonArray types:
                types.Add("null");
                return schema;
            case { } type:
                schema["type"] = new JsonArray(type.DeepClone(), "null");
                return schema;
            default:
                return schema.Count == 0 ? schema : new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        }
    }

    private JsonObject Of(JsonTypeInfo type, bool isRequest) => type.Kind switch
    {
        JsonTypeInfoKind.Object => ReferenceTo(type, isRequest),
        JsonTypeInfoKind.Enumerable => new JsonObject { ["type"] = "array", ["items"] = Of(type.ElementType!, isRequest) },
        JsonTypeInfoKind.Dictionary => new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(type.ElementType!, isRequest) },
        _ => SimpleOf(type.Type),
    };

    private JsonObject ReferenceTo(JsonTypeInfo type, bool isRequest)
    {
        string name = type.Type.Name;
        if (!Components.ContainsKey(name))
        {
            // Before its properties, which may hold it again.
            JsonObject schema = new() { ["type"] = "object" };
            Components.Add(name, schema);
            schema["properties"] = new JsonObject(type.Properties.Select(
                property => KeyValuePair.Create(property.Name, (JsonNode?)PropertyOf(property, isRequest))));
            schema["required"] = new JsonArray(
            [
                .. type.Properties.Where(property => isRequest ? AttributeOf<RequiredAttribute>(property) is not null : !IsLeftOut(property))
                    .Select(property => (JsonNode?)property.Name),
            ]);
            schema["additionalProperties"] = false;
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private JsonObject PropertyOf(JsonPropertyInfo property, bool isRequest)
    {
        Type? inner = Nullable.GetUnderlyingType(property.PropertyType);
        JsonObject schema = Of(inner ?? property.PropertyType, isRequest);
        return (inner is not null || property.IsGetNullable) && !IsLeftOut(property) ? OrNull(schema) : schema;
    }
}
