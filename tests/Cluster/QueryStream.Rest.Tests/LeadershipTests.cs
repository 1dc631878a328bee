using System.Net;
using System.Text.Json.Nodes;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>A coordinator that does not lead.</summary>
public sealed class LeadershipTests
{
    [Fact]
    public async Task It_sends_clients_to_the_leader_with_path_and_query()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        using RestClient client = new(cluster);
        (cluster.Leading, cluster.LeaderAddress) = (null, new Uri("http://leader:8081"));

        using HttpResponseMessage response = await client.Http.GetAsync(new Uri("/jobs/overview?a=b", UriKind.Relative));

        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.Equal("http://leader:8081/jobs/overview?a=b", response.Headers.Location!.OriginalString);
        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("This coordinator does not lead the cluster. The leader is http://leader:8081/", RestClient.ErrorOf(answer));
    }

    [Fact]
    public async Task While_nobody_leads_it_is_503_and_clients_are_asked_to_try_again()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        using RestClient client = new(cluster);
        cluster.Leading = null;

        (HttpStatusCode status, JsonNode answer) = await client.SendAsync(HttpMethod.Get, "/overview");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ServiceUnavailable"), (status, (string)answer["code"]!));
    }
}
