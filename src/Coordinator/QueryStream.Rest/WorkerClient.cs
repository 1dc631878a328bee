using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using QueryStream.Coordinator;
using QueryStream.Core.Time;
using QueryStream.Hosting;
using QueryStream.Rest.Endpoints;
using QueryStream.Rest.Model;

namespace QueryStream.Rest;

/// <summary>Reads over HTTP what workers tell, at the addresses that they have told when they registered. Thread-safe.</summary>
public sealed class WorkerClient : IDisposable
{
    private const int MaxBytes = 2 * RecentLog.MaxBytes;
    private const string MembersPath = "/cluster/members";

    private readonly HttpClient _http;

    internal WorkerClient(RestOptions options, SocketsHttpHandler handler)
    {
        // Redirects could lead the coordinator anywhere; workers answer themselves.
        handler.AllowAutoRedirect = false;
        _http = new HttpClient(handler) { Timeout = options.WorkerTimeout, MaxResponseContentBufferSize = MaxBytes };
    }

    /// <summary>The last lines of a worker.</summary>
    /// <exception cref="Core.Errors.QueryStreamException">It does not answer, or what answers is no worker.</exception>
    public async Task<byte[]> ReadAsync(WorkerInfo worker, int lines, CancellationToken cancellationToken)
    {
        string query = lines == int.MaxValue ? "" : string.Create(CultureInfo.InvariantCulture, $"?lines={lines}");
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, worker, $"{LogEndpoints.OwnPath}{query}", cancellationToken)
            .ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How large the log of a worker is, and when it was written last.</summary>
    /// <exception cref="Core.Errors.QueryStreamException">It does not answer, or what answers is no worker.</exception>
    public async Task<(long Size, DateTimeOffset WrittenAt)> DescribeAsync(WorkerInfo worker, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Head, worker, LogEndpoints.OwnPath, cancellationToken).ConfigureAwait(false);
        return (response.Content.Headers.ContentLength ?? 0, response.Content.Headers.LastModified ?? DateTimeOffset.UnixEpoch);
    }

    /// <summary>What a worker says about the cluster: its answer to <c>GET /cluster/members</c>.</summary>
    /// <exception cref="Core.Errors.QueryStreamException">It does not answer, or what answers is no worker.</exception>
    public async Task<byte[]> MembersAsync(WorkerInfo worker, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, worker, MembersPath, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A thread dump of a worker.</summary>
    /// <exception cref="Core.Errors.QueryStreamException">It does not answer, or what answers is no worker.</exception>
    public async Task<ThreadDumpResponse> ThreadsAsync(WorkerInfo worker, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, worker, ThreadDumpEndpoints.OwnPath, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            return await response.Content.ReadFromJsonAsync(RestJson.Default.ThreadDumpResponse, cancellationToken).ConfigureAwait(false)
                ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new RestException(502, $"What answers at {worker.HttpAddress} is not worker '{worker.Worker.Name}': no thread dump: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, WorkerInfo worker, string path, CancellationToken cancellationToken)
    {
        string name = worker.Worker.Name;
        if (!Uri.TryCreate(worker.HttpAddress, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            throw new RestException(404, $"Worker '{name}' cannot be asked: it has told no HTTP address when it registered.");
        }

        using HttpRequestMessage request = new(method, new Uri(address, path));
        try
        {
            HttpResponseMessage response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw await ToldAsync(response, cancellationToken).ConfigureAwait(false) is { } problem
                    ? new RestException((int)response.StatusCode, $"Worker '{name}' answers: {problem}")
                    : new RestException(502, $"What answers at {address} is not worker '{name}': status {(int)response.StatusCode}.");
            }
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new RestException(502, $"What answers at {address} is not worker '{name}': it sends more than {MaxBytes} bytes.");
        }
        catch (HttpRequestException e)
        {
            throw Silent(name, address, e.InnerException is SocketException or AuthenticationException ? e.InnerException.Message : e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(name, address, $"no answer within {Durations.Format(_http.Timeout)}");
        }
    }

    // What a process of a cluster says is wrong; null: that is none.
    private static async Task<string?> ToldAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            ErrorResponse? error = await response.Content.ReadFromJsonAsync(RestJson.Default.ErrorResponse, cancellationToken).ConfigureAwait(false);
            return error?.Errors?.FirstOrDefault();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static RestException Silent(string name, Uri address, string reason) => new(
        503,
        $"Worker '{name}' does not answer at {address}: {reason}. Its log is also where its process writes it. "
        + "Does it live, and does the coordinator reach that port (--host and --http-port of the worker)?");
}
