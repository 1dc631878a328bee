using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using QueryStream.Blobs;
using QueryStream.Blobs.Bundles;
using QueryStream.Certificates;
using QueryStream.Cluster.Host.Http;
using QueryStream.Core.Errors;
using QueryStream.JobSubmit.Arguments;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Client;

/// <summary>Talks to a coordinator over its REST interface. A coordinator that does not lead sends it on to the one that does.</summary>
internal sealed partial class ClusterClient : IDisposable
{
    // An unreachable coordinator is reported within 5 s; Flink's client is silent for a minute.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    // Files may be large and connections slow; a job's graph is built before its submission is answered.
    private static readonly TimeSpan SubmitLimit = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http;
    private readonly ClusterCertificates? _certificates;

    /// <summary>Creates a client; it connects with the first request.</summary>
    /// <param name="address">The coordinator's address.</param>
    /// <param name="certificates">By which the two know each other, over <c>https</c>; null: by what the machine trusts. Disposed of with it.</param>
    public ClusterClient(Uri address, ClusterCertificates? certificates)
    {
        Address = address;
        _certificates = certificates;
        SocketsHttpHandler handler = HttpClients.CreateHandler(certificates is null ? null : new PeerTls(certificates));
        handler.ConnectTimeout = ConnectLimit;
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The coordinator's address.</summary>
    public Uri Address { get; }

    /// <summary>All jobs that have not ended, and the last that have.</summary>
    public async Task<IReadOnlyList<JobOverview>> JobsAsync(CancellationToken cancellationToken) =>
        (await GetAsync("/jobs/overview", RestJson.Default.JobsOverviewResponse, cancellationToken)).Jobs;

    /// <summary>One job.</summary>
    public Task<JobDetailsResponse> JobAsync(string id, CancellationToken cancellationToken) =>
        GetAsync($"/jobs/{id}", RestJson.Default.JobDetailsResponse, cancellationToken);

    /// <summary>What has happened to a job, the newest first.</summary>
    public Task<JobEventsResponse> EventsAsync(string id, CancellationToken cancellationToken) =>
        GetAsync($"/jobs/{id}/events", RestJson.Default.JobEventsResponse, cancellationToken);

    /// <summary>What holds the output of a job back.</summary>
    public Task<DiagnosisResponse> DiagnosisAsync(string id, CancellationToken cancellationToken) =>
        GetAsync($"/jobs/{id}/why", RestJson.Default.DiagnosisResponse, cancellationToken);

    /// <summary>The checkpoints of a job.</summary>
    public Task<CheckpointsResponse> CheckpointsAsync(string id, CancellationToken cancellationToken) =>
        GetAsync($"/jobs/{id}/checkpoints", RestJson.Default.CheckpointsResponse, cancellationToken);

    /// <summary>Cancels a job, and does not wait until it has ended.</summary>
    public Task CancelAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, $"/jobs/{id}?mode=cancel", null, RestJson.Default.EmptyResponse, AnswerLimit, cancellationToken);

    /// <summary>Lets a job run at another parallelism, and does not wait until it does.</summary>
    public Task<RescaleResponse> RescaleAsync(string id, int parallelism, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Patch,
        string.Create(CultureInfo.InvariantCulture, $"/jobs/{id}/rescaling?parallelism={parallelism}"),
        null,
        RestJson.Default.RescaleResponse,
        AnswerLimit,
        cancellationToken);

    /// <summary>Asks for a savepoint.</summary>
    /// <returns>The id to ask for its outcome.</returns>
    public async Task<string> TriggerSavepointAsync(string id, SavepointRequest request, CancellationToken cancellationToken) =>
        (await PostAsync($"/jobs/{id}/savepoints", request, RestJson.Default.SavepointRequest, RestJson.Default.TriggerResponse, cancellationToken))
        .RequestId;

    /// <summary>Asks a job to stop with a savepoint.</summary>
    /// <returns>The id to ask for its outcome.</returns>
    public async Task<string> StopAsync(string id, StopRequest request, CancellationToken cancellationToken) =>
        (await PostAsync($"/jobs/{id}/stop", request, RestJson.Default.StopRequest, RestJson.Default.TriggerResponse, cancellationToken)).RequestId;

    /// <summary>The outcome of a savepoint; null while it is under way.</summary>
    public async Task<SavepointResult?> SavepointAsync(string id, string trigger, CancellationToken cancellationToken) =>
        (await GetAsync($"/jobs/{id}/savepoints/{trigger}", RestJson.Default.SavepointStatusResponse, cancellationToken)).Operation;

    /// <summary>Sends the files of a job that the coordinator does not have yet.</summary>
    public async Task SendAsync(LocalBundle bundle, CancellationToken cancellationToken)
    {
        foreach ((ContentHash hash, string path) in bundle.Paths)
        {
            if (!await HasAsync(hash, cancellationToken))
            {
                await PutAsync(hash, () => new StreamContent(File.OpenRead(path)), cancellationToken);
            }
        }

        // Last, so that a list in the store means that its files are there too.
        await PutAsync(bundle.Bundle.Hash, () => new ReadOnlyMemoryContent(bundle.Bundle.Bytes), cancellationToken);
    }

    /// <summary>Submits a job whose files the coordinator has.</summary>
    public Task<SubmitResponse> SubmitAsync(SubmitRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post,
        "/jobs",
        ToContent(request, RestJson.Default.SubmitRequest),
        RestJson.Default.SubmitResponse,
        SubmitLimit,
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _certificates?.Dispose();
    }

    private static ByteArrayContent ToContent<T>(T value, JsonTypeInfo<T> type)
    {
        ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return content;
    }

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, type, AnswerLimit, cancellationToken);

    private Task<TAnswer> PostAsync<T, TAnswer>(
        string path, T request, JsonTypeInfo<T> type, JsonTypeInfo<TAnswer> answer, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, ToContent(request, type), answer, AnswerLimit, cancellationToken);

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, TimeSpan limit, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        using HttpResponseMessage response = await SendAsync(request, limit, cancellationToken);
        await RequireSuccessAsync(response, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), type)!;
        }
        catch (JsonException e)
        {
            throw NotOurs((int)response.StatusCode, e.Message);
        }
    }

    // An answer to HEAD has no body, so a refusal is told by the answer to the PUT that follows.
    private async Task<bool> HasAsync(ContentHash hash, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Head, $"/blobs/{hash}");
        using HttpResponseMessage response = await SendAsync(request, AnswerLimit, cancellationToken);
        return response.StatusCode == HttpStatusCode.OK;
    }

    private async Task PutAsync(ContentHash hash, Func<HttpContent> content, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Put, $"/blobs/{hash}") { Content = content() };

        // A refusal, or the way to the leader, comes before the file is sent.
        request.Headers.ExpectContinue = true;
        using HttpResponseMessage response = await SendAsync(request, SubmitLimit, cancellationToken);
        await RequireSuccessAsync(response, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (Token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        try
        {
            return await _http.SendAsync(request, timeout.Token);
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException problem)
        {
            throw NotTrusted(problem);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable((e.InnerException as SocketException)?.Message ?? e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            double seconds = (e.InnerException is TimeoutException && !timeout.IsCancellationRequested ? ConnectLimit : limit).TotalSeconds;
            throw Unreachable(string.Create(CultureInfo.InvariantCulture, $"no answer within {seconds} s"), e);
        }
    }

    private async Task RequireSuccessAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        ErrorResponse? error = null;
        try
        {
            error = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), RestJson.Default.ErrorResponse);
        }
        catch (JsonException)
        {
            // Not one of our answers, as is told below.
        }

        if (error?.Errors is not { Count: > 0 } errors)
        {
            throw NotOurs((int)response.StatusCode, response.ReasonPhrase ?? "");
        }

        throw new ClusterRefusedException(
            (int)response.StatusCode, Enum.TryParse(error.Code, out ErrorCode code) ? code : ErrorCode.ServiceRefused, string.Join(" ", errors));
    }

    private ServiceUnavailableException Unreachable(string reason, Exception cause) => new(
        "the coordinator",
        Address.Authority,
        $"No coordinator answers at {Address.Authority}: {reason}. Start one, or give its address: --coordinator HOST:PORT or "
        + $"${ClusterAddress.Variable}.",
        cause);

    private ServiceUnavailableException NotTrusted(AuthenticationException problem)
    {
        string reason = problem switch
        {
            StrangerException => $"is not of the cluster whose ca.crt was given (--tls or ${TlsOption.Variable}): {problem.Message}.",
            _ when _certificates is not null =>
                $"does not speak TLS: {problem.Message} Write http://{Address.Authority}, without --tls and ${TlsOption.Variable}.",
            _ => $"shows a certificate that this machine does not trust, or does not speak TLS: {problem.Message} Give the directory with the "
                + $"cluster's ca.crt (--tls DIR or ${TlsOption.Variable}), or write http://{Address.Authority}.",
        };
        return new ServiceUnavailableException("the coordinator", Address.Authority, $"What answers at {Address.Authority} {reason}", problem);
    }

    private ClusterRefusedException NotOurs(int status, string reason) => new(
        status,
        ErrorCode.ServiceRefused,
        $"What answers at {Address.Authority} is not a coordinator of QueryStream: status {status}, {reason.TrimEnd('.')}. "
        + "Give the address of one: --coordinator HOST:PORT.");
}
