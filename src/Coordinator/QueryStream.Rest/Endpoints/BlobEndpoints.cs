using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Blobs;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Endpoints;

/// <summary>The files of jobs: submitters send those that are missing, workers fetch them.</summary>
internal static class BlobEndpoints
{
    private const string Path = "/blobs/{sha256}";

    public static void Map(RouteTable table)
    {
        table.MapOther(
            new RestRoute("HEAD", Path, "Whether the cluster has a file of a job."), (context, _) => GetAsync(context, withContent: false));
        table.MapOther(
            new RestRoute("GET", Path, "A file of a job.") { Answer = RouteContent.Bytes }, (context, _) => GetAsync(context, withContent: true));
        table.Map(new RestRoute("PUT", Path, "Sends a file of a job.") { Status = 201, Body = RouteContent.Bytes }, PutAsync);
    }

    private static async Task GetAsync(HttpContext context, bool withContent)
    {
        ContentHash hash = HashOf(context);
        Stream blob = await StoreOf(context).FindAsync(hash, context.RequestAborted).ConfigureAwait(false)
            ?? throw new RestException(404, $"There is no blob {hash}.");
        await using (blob.ConfigureAwait(false))
        {
            context.Response.ContentType = "application/octet-stream";
            context.Response.ContentLength = blob.Length;
            context.Response.Headers.ETag = $"\"{hash}\"";
            if (withContent)
            {
                await blob.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
            }
        }
    }

    private static async Task<EmptyResponse> PutAsync(HttpContext context, CoordinatorNode coordinator)
    {
        ContentHash hash = HashOf(context);
        BlobStore store = StoreOf(context);
        long limit = store.Options.MaxBlobBytes;
        if (context.Request.ContentLength > limit)
        {
            // Before any of it is read.
            throw new BlobException(
                $"Blob {hash} has {context.Request.ContentLength} bytes, and {limit} are allowed "
                + $"({BlobOptions.Section}:{nameof(BlobOptions.MaxBlobBytes)}).")
            { IsTooLarge = true };
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // The store counts what arrives, and says more than the server would.
            size.MaxRequestBodySize = null;
        }

        await store.PutAsync(hash, context.Request.Body, context.RequestAborted).ConfigureAwait(false);
        return new EmptyResponse();
    }

    private static BlobStore StoreOf(HttpContext context) => context.RequestServices.GetRequiredService<BlobStore>();

    private static ContentHash HashOf(HttpContext context)
    {
        string text = (string)context.Request.RouteValues["sha256"]!;
        return ContentHash.TryParse(text, out ContentHash hash)
            ? hash
            : throw new RestException(400, $"'{text}' is not the hash of a blob: 64 lower-case hexadecimal digits of SHA-256.");
    }
}
