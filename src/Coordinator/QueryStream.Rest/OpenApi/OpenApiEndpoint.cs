using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QueryStream.Rest.Endpoints;

namespace QueryStream.Rest.OpenApi;

/// <summary>Serves the description of all routes. It needs no leader: it is the same at every coordinator.</summary>
internal static class OpenApiEndpoint
{
    public const string Path = "/openapi/v1.json";

    // Written when somebody asks for it first: most coordinators are never asked.
    public static void Map(IEndpointRouteBuilder endpoints, IReadOnlyList<RestRoute> routes)
    {
        Lazy<byte[]> document = new(() => JsonSerializer.SerializeToUtf8Bytes(new OpenApiDocument(routes).Write()));
        endpoints.MapMethods(
            Path,
            [HttpMethods.Get],
            context => RestErrors.CatchAsync(context, () => RestJson.WriteBytesAsync(context, document.Value, StatusCodes.Status200OK)));
    }
}
