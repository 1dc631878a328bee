using QueryStream.Cluster.Management;
using QueryStream.Core.Time;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Client;

/// <summary>Keyed state, and the shards through which it is asked for.</summary>
internal sealed partial class ClusterClient
{
    /// <summary>The state of one key, as its owner has it now.</summary>
    /// <param name="job">The job.</param>
    /// <param name="operatorName">The operator's name or id.</param>
    /// <param name="key">The key.</param>
    /// <param name="isJson">Whether the key is JSON as it stands.</param>
    /// <param name="limit">How long the owner may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<KeyStateResponse> KeyStateAsync(
        string job, string operatorName, string key, bool isJson, TimeSpan limit, CancellationToken cancellationToken)
    {
        string query = $"{(isJson ? "keyJson" : "key")}={Uri.EscapeDataString(key)}&timeout={Durations.Format(limit)}";
        return SendAsync(
            HttpMethod.Get,
            $"/jobs/{job}/state/{Uri.EscapeDataString(operatorName)}?{query}",
            null,
            RestJson.Default.KeyStateResponse,
            limit + AnswerLimit,
            cancellationToken);
    }

    /// <summary>Where the shards of a job belong.</summary>
    public async Task<IReadOnlyList<JobShardDetails>> JobShardsAsync(string job, CancellationToken cancellationToken) =>
        (await GetAsync($"/jobs/{job}/shards", RestJson.Default.JobShardsResponse, cancellationToken)).Shards;

    /// <summary>The shard regions that there are.</summary>
    public async Task<IReadOnlyList<string>> RegionsAsync(CancellationToken cancellationToken) =>
        (await GetAsync("/cluster/shards", ManagementJson.Default.RegionsView, cancellationToken)).EntityTypeKeys;

    /// <summary>The shards of a region, as it has them now.</summary>
    public Task<ShardsView> ShardsAsync(string region, CancellationToken cancellationToken) =>
        GetAsync($"/cluster/shards/{Uri.EscapeDataString(region)}", ManagementJson.Default.ShardsView, cancellationToken);

    /// <summary>The actors of the process that is asked.</summary>
    public Task<ActorsView> ActorsAsync(CancellationToken cancellationToken) =>
        GetAsync("/actors", ManagementJson.Default.ActorsView, cancellationToken);
}
