using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using QueryStream.Core.Errors;

namespace QueryStream.Rest.Uploads;

/// <summary>Receives the one file of an upload, a form as browsers send it.</summary>
internal static class UploadReceiver
{
    public const string Field = "jarfile";
    private const int MaxBoundary = 70;
    private const int MaxHeaders = 16;
    private const int MaxHeaderBytes = 8192;

    // What the form needs beside its file.
    private const int FormBytes = 64 * 1024;

    private const string Remedy = "Send one .dll or .zip: curl -F jarfile=@MyJob.dll http://HOST:PORT/jars/upload";

    /// <summary>Writes the file into a folder, under its name.</summary>
    /// <returns>The path of the file.</returns>
    /// <exception cref="RestException">The request has no file, several, or one with a name that is not allowed.</exception>
    /// <exception cref="BlobException">The file is too large, or cannot be stored.</exception>
    public static async Task<string> ReceiveAsync(HttpContext context, string folder, long limit, CancellationToken cancellationToken)
    {
        HttpRequest request = context.Request;
        if (request.ContentLength > limit + FormBytes)
        {
            // Before any of it is read.
            throw new BlobException($"The upload has {request.ContentLength} bytes, and {limit} are allowed.") { IsTooLarge = true };
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit + FormBytes;
        }

        MultipartReader reader = new(BoundaryOf(request), request.Body) { HeadersCountLimit = MaxHeaders, HeadersLengthLimit = MaxHeaderBytes };
        try
        {
            string? path = null;
            while (await reader.ReadNextSectionAsync(cancellationToken).ConfigureAwait(false) is { } part)
            {
                path = path is null ? Path.Combine(folder, UploadNames.Of(NameOf(part))) : throw Refused("There is more than one file.");
                await UploadCopy.RunAsync(part.Body, path, limit, $"'{Path.GetFileName(path)}'", cancellationToken).ConfigureAwait(false);
            }

            return path ?? throw Refused("Exactly 1 file must be sent, received 0.");
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException))
        {
            throw Refused($"The form cannot be read: {e.Message}");
        }
    }

    private static string BoundaryOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
        && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= MaxBoundary } boundary
            ? boundary.Value!
            : throw Refused("Exactly 1 file must be sent, received 0: the body is not multipart/form-data.");

    private static string NameOf(MultipartSection part)
    {
        if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out ContentDispositionHeaderValue? disposition)
            || !disposition.IsFileDisposition()
            || HeaderUtilities.RemoveQuotes(disposition.Name) != Field)
        {
            throw Refused($"A part of the form is not the file '{Field}'.");
        }

        return HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
    }

    private static RestException Refused(string problem) => new(400, $"{problem} {Remedy}");
}
