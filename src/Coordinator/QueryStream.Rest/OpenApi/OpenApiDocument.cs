using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using QueryStream.Rest.Endpoints;
using QueryStream.Rest.Model;
using QueryStream.Rest.Uploads;

namespace QueryStream.Rest.OpenApi;

/// <summary>The description of routes as OpenAPI 3.1 has it.</summary>
/// <param name="routes">The routes.</param>
internal sealed partial class OpenApiDocument(IReadOnlyList<RestRoute> routes)
{
    // What a part of a path may be.
    private static readonly Dictionary<string, string> PathParameters = new(StringComparer.Ordinal)
    {
        ["attempt"] = "The number of an attempt: the current one, or one of the last before it.",
        ["checkpointid"] = "The number of a checkpoint.",
        ["jarid"] = "The id of an upload.",
        ["jobid"] = "The id of a job: 32 hexadecimal digits.",
        ["name"] = "The name of a log, as the list has it.",
        ["operator"] = "The name of an operator, or the id of an operator or vertex.",
        ["sha256"] = "The SHA-256 of a file: 64 hexadecimal digits.",
        ["subtask"] = "The index of a subtask, from 0 on.",
        ["triggerid"] = "The id of a request: 32 hexadecimal digits.",
        ["vertexid"] = "The id of a vertex: 32 hexadecimal digits.",
        ["worker"] = "The name of a worker.",
    };

    private readonly JsonSchemas _schemas = new();

    /// <summary>Writes it.</summary>
    public JsonObject Write()
    {
        JsonObject paths = [];
        foreach (IGrouping<string, RestRoute> path in routes.GroupBy(route => PathOf(route.Path)).OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            paths[path.Key] = new JsonObject(
                path.Select(route => KeyValuePair.Create(route.Method.ToLowerInvariant(), (JsonNode?)OperationOf(route))));
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "QueryStream",
                ["version"] = typeof(OpenApiDocument).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version,
                ["description"] = "The REST interface of the leading coordinator: that of Flink 1.20, and what is ours. "
                    + "A coordinator that does not lead answers 307 with the leader's address.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }, new JsonObject { ["url"] = "/v1" }),

            // Whether one of them is needed is a setting of the coordinator.
            ["security"] = new JsonArray(
                new JsonObject(), new JsonObject { ["token"] = new JsonArray() }, new JsonObject { ["password"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["responses"] = new JsonObject
                {
                    ["error"] = new JsonObject
                    {
                        ["description"] = "What is wrong, where, and what to do.",
                        ["content"] = ContentOf(RouteContent.Json<ErrorResponse>(), isRequest: false),
                    },
                },
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = SchemeOf("bearer", "web.auth.token of the coordinator, where it is set."),
                    ["password"] = SchemeOf("basic", "The line of web.auth.password-file of the coordinator, where it is set."),
                },
                ["schemas"] = _schemas.Components,
            },
        };
    }

    private static JsonObject SchemeOf(string scheme, string description) =>
        new() { ["type"] = "http", ["scheme"] = scheme, ["description"] = description };

    // OpenAPI has no mark for a part that takes slashes.
    private static string PathOf(string pattern) => pattern.Replace("{**", "{", StringComparison.Ordinal);

    // Flink's paths begin with what they are about; those of a job are many.
    private static string TopicOf(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["jobs", _, "savepoints" or "stop", ..] or ["savepoint-disposal", ..] => "savepoints",
        ["jobs", _, "vertices" or "checkpoints", ..] parts => parts[2],
        ["overview" or "config"] => "cluster",
        var parts => parts[0],
    };

    private static string IdOf(RestRoute route) => string.Concat(
        Words().Matches(route.Path).Select(word => char.ToUpperInvariant(word.Value[0]) + word.Value[1..])
            .Prepend(route.Method.ToLowerInvariant()));

    [GeneratedRegex("[A-Za-z0-9]+")]
    private static partial Regex Words();

    [GeneratedRegex(@"\{\**(\w+)\}")]
    private static partial Regex Parameters();

    private JsonObject OperationOf(RestRoute route)
    {
        JsonObject answer = new() { ["description"] = "Done as asked for." };
        if (route.Answer is { } content)
        {
            answer["content"] = ContentOf(content, isRequest: false);
        }

        JsonObject operation = new()
        {
            ["operationId"] = IdOf(route),
            ["tags"] = new JsonArray(TopicOf(route.Path)),
            ["summary"] = route.Summary,
            ["parameters"] = new JsonArray([.. ParametersOf(route)]),
            ["responses"] = new JsonObject
            {
                [route.Status.ToString(CultureInfo.InvariantCulture)] = answer,
                ["default"] = new JsonObject { ["$ref"] = "#/components/responses/error" },
            },
        };
        if (route.Body is { } body)
        {
            operation["requestBody"] = new JsonObject { ["content"] = ContentOf(body, isRequest: true), ["required"] = body.Type is null };
        }

        return operation;
    }

    private static IEnumerable<JsonObject> ParametersOf(RestRoute route) =>
    [
        .. Parameters().Matches(route.Path).Select(match => match.Groups[1].Value)
            .Select(name => ParameterOf("path", new QueryParameter(name, PathParameters[name]) { IsRequired = true })),
        .. route.Query.Select(parameter => ParameterOf("query", parameter)),
    ];

    private static JsonObject ParameterOf(string place, QueryParameter parameter) => new()
    {
        ["name"] = parameter.Name,
        ["in"] = place,
        ["description"] = parameter.Summary,
        ["required"] = parameter.IsRequired,
        ["schema"] = new JsonObject { ["type"] = parameter.Type },
    };

    private JsonObject ContentOf(RouteContent content, bool isRequest) => new()
    {
        [content.MediaType] = new JsonObject
        {
            ["schema"] = content.Type is { } type ? _schemas.Of(type, isRequest)
                : content == RouteContent.Upload ? FormOf()
                : content == RouteContent.Text ? new JsonObject { ["type"] = "string" }
                : new JsonObject(),
        },
    };

    private static JsonObject FormOf() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            [UploadReceiver.Field] = new JsonObject { ["type"] = "string", ["contentMediaType"] = "application/octet-stream" },
        },
        ["required"] = new JsonArray(UploadReceiver.Field),
    };
}
