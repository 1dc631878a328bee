namespace QueryStream.Rest.Endpoints;

/// <summary>A route, and what its clients are told of it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, as a route pattern.</param>
/// <param name="Summary">What it answers or does.</param>
internal sealed record RestRoute(string Method, string Path, string Summary)
{
    /// <summary>The status of its answer if nothing is wrong.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Its answer; null: it has no content.</summary>
    public RouteContent? Answer { get; init; }

    /// <summary>The body of a request; null: none.</summary>
    public RouteContent? Body { get; init; }

    /// <summary>The parameters of its query.</summary>
    public IReadOnlyList<QueryParameter> Query { get; init; } = [];
}

/// <summary>The content of a request or an answer.</summary>
/// <param name="MediaType">Its media type.</param>
/// <param name="Type">The type that is written as JSON; null: it is no JSON.</param>
internal sealed record RouteContent(string MediaType, Type? Type = null)
{
    /// <summary>A form with the file of an upload.</summary>
    public static RouteContent Upload { get; } = new("multipart/form-data");

    /// <summary>Lines.</summary>
    public static RouteContent Text { get; } = new("text/plain");

    /// <summary>Bytes as they are.</summary>
    public static RouteContent Bytes { get; } = new("application/octet-stream");

    /// <summary>JSON.</summary>
    public static RouteContent Json<T>() => new("application/json", typeof(T));
}

/// <summary>A parameter of a query.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it means.</param>
/// <param name="Type">Its type, as JSON Schema names it.</param>
internal sealed record QueryParameter(string Name, string Summary, string Type = "string")
{
    /// <summary>Whether a request must have it.</summary>
    public bool IsRequired { get; init; }
}
