using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Core.Errors;

namespace QueryStream.Rest;

/// <summary>Reads the body of a request.</summary>
internal static class JsonRequest
{
    /// <summary>Reads an object; an empty body is an empty one.</summary>
    /// <exception cref="RestException">It is too large, is not JSON, or has a field that is unknown or of a wrong type.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
    {
        HttpRequest request = context.Request;

        // Other content types can be sent by any page in a browser without asking; this one cannot.
        bool hasBody = request.ContentLength != 0 && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false;
        if (hasBody && !request.HasJsonContentType())
        {
            throw new RestException(415, "The body of the request must be JSON: send it with Content-Type: application/json.");
        }

        int limit = context.RequestServices.GetRequiredService<RestOptions>().MaxRequestBytes;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit;
        }

        using MemoryStream bytes = new();
        await request.Body.CopyToAsync(bytes, context.RequestAborted).ConfigureAwait(false);
        return Parse(bytes.Length == 0 ? "{}"u8.ToArray() : bytes.ToArray(), type);
    }

    /// <summary>Parses an object.</summary>
    /// <exception cref="RestException">It is not JSON, or has a field that is unknown or of a wrong type.</exception>
    public static T Parse<T>(byte[] json, JsonTypeInfo<T> type)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new RestException(400, $"The body of the request must be a JSON object, and is {document.RootElement.ValueKind}.");
            }

            if (type.Kind == JsonTypeInfoKind.Object)
            {
                RequireKnown(document.RootElement, [.. type.Properties.Select(property => property.Name)]);
            }

            return document.RootElement.Deserialize(type)!;
        }
        catch (InvalidOperationException e)
        {
            throw new RestException(400, $"The body of the request has a text that is not Unicode: {e.Message}");
        }
        catch (JsonException e)
        {
            throw new RestException(400, $"The body of the request cannot be read{(e.Path is { } path ? $" at {path}" : "")}: {e.Message}");
        }
    }

    private static void RequireKnown(JsonElement request, string[] known)
    {
        if (request.EnumerateObject().Select(field => field.Name).FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            string nearest = NearestName.Of(unknown, known);
            throw new RestException(
                400, $"The request has no field '{unknown}'. Did you mean '{nearest}'? There are: {string.Join(", ", known)}.");
        }
    }
}
