using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Hosting;
using QueryStream.Testing.Rest;
using static QueryStream.Rest.Tests.WorkerProcess;

namespace QueryStream.Rest.Tests;

/// <summary>The last lines that coordinator and workers have logged.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task The_coordinators_lines_are_text_with_a_limit_and_a_name()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        using RestClient client = new(cluster);
        cluster.Log.Append("một");
        cluster.Log.Append("two");

        using HttpResponseMessage response = await client.Http.GetAsync(new Uri("/jobmanager/log", UriKind.Relative));
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("một\ntwo\n", await response.Content.ReadAsStringAsync());
        Assert.Equal("two\n", await client.Http.GetStringAsync(new Uri("/v1/jobmanager/log?lines=1", UriKind.Relative)));

        JsonNode log = Assert.Single((await client.GetAsync("/jobmanager/logs"))["logs"]!.AsArray())!;
        Assert.Equal(("coordinator.log", cluster.Log.Size), ((string)log["name"]!, (int)log["size"]!));
        Assert.Equal(cluster.Log.WrittenAt.ToUnixTimeMilliseconds(), (long)log["mtime"]!);
        Assert.Equal("một\ntwo\n", await client.Http.GetStringAsync(new Uri("/jobmanager/logs/coordinator.log", UriKind.Relative)));
    }

    [Fact]
    public async Task A_workers_lines_come_from_the_address_that_it_has_told()
    {
        await using WebApplication process = await StartAsync(static app => app.MapQueryStreamProcess());
        RecentLog kept = process.Services.GetRequiredService<RecentLog>();
        kept.Append("one");
        kept.Append("hai");
        await using RestCluster cluster = await WithWorkerAsync("máy 1", process.Urls.First());
        using RestClient client = new(cluster);
        string worker = $"/taskmanagers/{Uri.EscapeDataString("máy 1")}";

        Assert.Equal("one\nhai\n", await client.Http.GetStringAsync(new Uri($"{worker}/log", UriKind.Relative)));
        Assert.Equal("hai\n", await client.Http.GetStringAsync(new Uri($"{worker}/log?lines=1", UriKind.Relative)));
        Assert.Equal("one\nhai\n", await client.Http.GetStringAsync(new Uri($"{worker}/logs/worker.log", UriKind.Relative)));
        JsonNode log = Assert.Single((await client.GetAsync($"{worker}/logs"))["logs"]!.AsArray())!;
        Assert.Equal(("worker.log", kept.Size), ((string)log["name"]!, (int)log["size"]!));

        // HTTP tells times in seconds.
        Assert.Equal(kept.WrittenAt.ToUnixTimeSeconds(), (long)log["mtime"]! / 1_000);
    }

    [Fact]
    public async Task Unknown_workers_and_names_and_a_wrong_number_of_lines_are_refused_with_what_there_is()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 2, slots: 1);
        using RestClient client = new(cluster);

        await IsRefusedAsync(client, "/taskmanagers/woker-2/log", HttpStatusCode.NotFound, "There is no worker 'woker-2'. Is 'worker-2' meant?");
        await IsRefusedAsync(client, "/taskmanagers/woker-2", HttpStatusCode.NotFound, "Is 'worker-2' meant?");
        await IsRefusedAsync(client, "/jobmanager/logs/nope.log", HttpStatusCode.NotFound, "There is: coordinator.log.");
        await IsRefusedAsync(client, "/taskmanagers/worker-1/logs/nope.log", HttpStatusCode.NotFound, "There is: worker.log.");
        await IsRefusedAsync(client, "/jobmanager/log?lines=0", HttpStatusCode.BadRequest, "lines=0 is not allowed");
        await IsRefusedAsync(client, "/taskmanagers/worker-1/log", HttpStatusCode.NotFound, "it has told no HTTP address");
    }

    [Fact]
    public async Task A_worker_that_does_not_answer_in_time_or_not_as_one_is_named_with_its_address()
    {
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebApplication silent = await StartAsync(
            app => app.MapGet("/log", context => never.Task.WaitAsync(context.RequestAborted)));
        await using WebApplication other = await StartAsync(static app => app.MapGet("/", static () => "hello"));
        await using WebApplication endless = await StartAsync(static app => app.MapGet("/log", static context =>
            context.Response.WriteAsync(new string('x', (2 * RecentLog.MaxBytes) + 1), context.RequestAborted)));
        await using RestCluster cluster = await WithWorkerAsync("silent", silent.Urls.First(), ("QueryStream:Rest:WorkerTimeout", "100ms"));
        await using RestCluster patient = await WithWorkerAsync("other", other.Urls.First());
        patient.AddWorker("endless", 1, endless.Urls.First());
        patient.AddWorker("gone", 1, "http://127.0.0.1:1");
        await patient.RegisteredAsync(3);
        using RestClient impatient = new(cluster);
        using RestClient client = new(patient);

        await IsRefusedAsync(impatient, "/taskmanagers/silent/log", HttpStatusCode.ServiceUnavailable, $"does not answer at {silent.Urls.First()}/");
        await IsRefusedAsync(client, "/taskmanagers/gone/logs", HttpStatusCode.ServiceUnavailable, "does not answer at http://127.0.0.1:1/");
        await IsRefusedAsync(client, "/taskmanagers/other/log", HttpStatusCode.BadGateway, "is not worker 'other': status 404.");
        await IsRefusedAsync(client, "/taskmanagers/endless/log", HttpStatusCode.BadGateway, "it sends more than");
    }
}
