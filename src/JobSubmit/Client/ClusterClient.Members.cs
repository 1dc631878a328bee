using System.Globalization;
using System.Net;
using System.Text.Json;
using QueryStream.Cluster.Host;
using QueryStream.Cluster.Management;
using QueryStream.Core.Errors;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Client;

/// <summary>The processes of the cluster. Any of them answers, with what it sees.</summary>
internal sealed partial class ClusterClient
{
    private const string MembersPath = "/cluster/members";

    /// <summary>Sent with requests that change the cluster; null: none is.</summary>
    public string? Token { get; init; }

    /// <summary>The cluster in numbers.</summary>
    public Task<OverviewResponse> OverviewAsync(CancellationToken cancellationToken) =>
        GetAsync("/overview", RestJson.Default.OverviewResponse, cancellationToken);

    /// <summary>The registered workers.</summary>
    public async Task<IReadOnlyList<WorkerDetails>> WorkersAsync(CancellationToken cancellationToken) =>
        (await GetAsync("/taskmanagers", RestJson.Default.WorkersResponse, cancellationToken)).Workers;

    /// <summary>The last lines of the log of a worker; null: of the coordinator that leads.</summary>
    public async Task<string> LogAsync(string? worker, int lines, CancellationToken cancellationToken)
    {
        string path = worker is null ? "/jobmanager/log" : $"/taskmanagers/{Uri.EscapeDataString(worker)}/log";
        using HttpRequestMessage request = new(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{path}?lines={lines}"));
        using HttpResponseMessage response = await SendAsync(request, AnswerLimit, cancellationToken);
        await RequireSuccessAsync(response, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>The members of Akka's cluster.</summary>
    public Task<ClusterView> MembersAsync(CancellationToken cancellationToken) =>
        GetAsync(MembersPath, ManagementJson.Default.ClusterView, cancellationToken);

    /// <summary>Asks a member to leave.</summary>
    public Task LeaveAsync(string address, CancellationToken cancellationToken) =>
        ChangeAsync(HttpMethod.Put, $"{MembersPath}/{address}", "operation", "leave", cancellationToken);

    /// <summary>Declares a member dead.</summary>
    public Task DownAsync(string address, CancellationToken cancellationToken) =>
        ChangeAsync(HttpMethod.Put, $"{MembersPath}/{address}", "operation", "down", cancellationToken);

    /// <summary>Makes the process that is asked, which must be no member yet, join the cluster of another one.</summary>
    public Task JoinAsync(string address, CancellationToken cancellationToken) =>
        ChangeAsync(HttpMethod.Post, MembersPath, "address", address, cancellationToken);

    private async Task ChangeAsync(HttpMethod method, string path, string field, string value, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create(field, value)]),
        };
        using HttpResponseMessage response = await SendAsync(request, AnswerLimit, cancellationToken);
        ManagementMessage? answer = null;
        try
        {
            answer = JsonSerializer.Deserialize(
                await response.Content.ReadAsByteArrayAsync(cancellationToken), ManagementJson.Default.ManagementMessage);
        }
        catch (JsonException)
        {
            // Not one of our answers, as is told below.
        }

        if (answer?.Message is not { } message)
        {
            throw NotOurs((int)response.StatusCode, response.ReasonPhrase ?? "");
        }

        if (!response.IsSuccessStatusCode)
        {
            string remedy = response.StatusCode == HttpStatusCode.Forbidden ? $" Set ${NodeHost.TokenVariable} or give --token." : "";
            throw new ClusterRefusedException((int)response.StatusCode, ErrorCode.ServiceRefused, $"{Address.Authority} refuses: {message}{remedy}");
        }
    }
}
