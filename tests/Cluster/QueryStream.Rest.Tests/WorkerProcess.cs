using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueryStream.Hosting;
using QueryStream.Rest.Threads;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>What coordinators ask over HTTP, and clusters that ask it.</summary>
internal static class WorkerProcess
{
    /// <summary>Fails unless a request is refused with this status and error.</summary>
    public static async Task IsRefusedAsync(RestClient client, string path, HttpStatusCode status, string error)
    {
        (HttpStatusCode actual, JsonNode answer) = await client.SendAsync(HttpMethod.Get, path);
        Assert.Contains(error, RestClient.ErrorOf(answer), StringComparison.Ordinal);
        Assert.Equal(status, actual);
    }

    /// <summary>A cluster with a worker that has told this address.</summary>
    public static async Task<RestCluster> WithWorkerAsync(string name, string http, params (string Key, string Value)[] configuration)
    {
        RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1, configuration);
        cluster.AddWorker(name, 1, http);
        await cluster.RegisteredAsync(1);
        return cluster;
    }

    /// <summary>Starts what answers at the address of a worker.</summary>
    public static async Task<WebApplication> StartAsync(Action<WebApplication> map)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<RecentLog>().AddSingleton<ThreadDumper>();
        WebApplication app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }
}
