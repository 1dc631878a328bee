using System.Net;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;

namespace QueryStream.Blobs;

/// <summary>
/// Blobs of the leading coordinator, over HTTP: <c>GET /blobs/HASH</c>. While no coordinator leads or answers, it tries again for a while, since the
/// leader may be changing. Safe on any thread.
/// </summary>
/// <param name="http">The client, whose timeout limits the wait for one answer.</param>
/// <param name="leader">The leader's address at the moment, for example <c>http://coordinator-1:8081</c>; null while it is not known.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
public sealed class HttpBlobSource(HttpClient http, Func<Uri?> leader, TimeProvider time, ILogger<HttpBlobSource> log) : IBlobSource
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>How long it tries again before it gives up.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(ContentHash hash, CancellationToken cancellationToken)
    {
        long startedAt = time.GetTimestamp();
        while (true)
        {
            Uri? address = leader();
            (Stream? stream, string problem, Exception? failure) = await TryOpenAsync(address, hash, cancellationToken).ConfigureAwait(false);
            if (stream is not null)
            {
                return stream;
            }

            if (time.GetElapsedTime(startedAt) >= RetryFor)
            {
                string where = address?.ToString() ?? "unknown";
                throw new ServiceUnavailableException(
                    "the leading coordinator",
                    where,
                    $"The files of the job cannot be fetched from the leading coordinator at {where}: {problem}",
                    failure);
            }

            Log.FetchFailed(log, hash, address, problem);
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(Stream? Stream, string Problem, Exception? Failure)> TryOpenAsync(
        Uri? address, ContentHash hash, CancellationToken cancellationToken)
    {
        if (address is null)
        {
            return (null, "no coordinator leads.", null);
        }

        HttpResponseMessage? response = null;
        try
        {
            response = await http.GetAsync(new Uri(address, $"/blobs/{hash}"), HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                .ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                response.Dispose();
                throw new BlobException($"The coordinator at {address} has no blob {hash}: submit the job again, which sends its files again.");
            }

            if (response.IsSuccessStatusCode)
            {
                return (await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), "", null);
            }

            response.Dispose();
            return (null, $"it answers {(int)response.StatusCode} {response.ReasonPhrase}.", null);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            response?.Dispose();
            return (null, e.Message, e);
        }
    }
}
