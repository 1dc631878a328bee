using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using QueryStream.Testing.Rest;
using static QueryStream.Rest.Tests.WorkerProcess;

namespace QueryStream.Rest.Tests;

/// <summary>What the threads of a process do, on two threads whose work is known.</summary>
public sealed class ThreadDumpTests : IDisposable
{
    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _waiting;
    private readonly Thread _running;

    public ThreadDumpTests()
    {
        _waiting = new Thread(WaitForTheEnd) { Name = "waits-for-end" };
        _running = new Thread(RunUntilTheEnd) { Name = "runs-until-end" };
        _waiting.Start();
        _running.Start();
    }

    public void Dispose()
    {
        _end.Set();
        _waiting.Join();
        _running.Join();
        _end.Dispose();
    }

    [Fact]
    public async Task The_coordinators_dump_shows_what_each_thread_does()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        using RestClient client = new(cluster);

        AssertShown(await client.GetAsync("/jobmanager/thread-dump"));
    }

    [Fact]
    public async Task A_workers_dump_comes_from_the_address_that_it_has_told()
    {
        await using WebApplication process = await StartAsync(app => app.MapQueryStreamProcess());
        await using RestCluster cluster = await WithWorkerAsync("máy 1", process.Urls.First());
        using RestClient client = new(cluster);

        AssertShown(await client.GetAsync($"/taskmanagers/{Uri.EscapeDataString("máy 1")}/thread-dump"));
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("null")]
    public async Task What_answers_something_else_is_named(string answer)
    {
        await using WebApplication other = await StartAsync(app => app.MapGet("/thread-dump", () => answer));
        await using RestCluster cluster = await WithWorkerAsync("other", other.Urls.First());
        using RestClient client = new(cluster);

        await IsRefusedAsync(
            client, "/taskmanagers/other/thread-dump", HttpStatusCode.BadGateway, "is not worker 'other': no thread dump");
    }

    private static void AssertShown(JsonNode answer)
    {
        string waiting = TextOf(answer, "waits-for-end");
        Assert.Contains(" WAITING\n\tat System.Threading.", waiting, StringComparison.Ordinal);
        Assert.Contains(
            $"\tat {typeof(ThreadDumpTests).FullName}.{nameof(WaitForTheEnd)}(QueryStream.Rest.Tests)\n", waiting, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", waiting, StringComparison.Ordinal);
        Assert.Contains($".{nameof(RunUntilTheEnd)}(QueryStream.Rest.Tests)\n", TextOf(answer, "runs-until-end"), StringComparison.Ordinal);
    }

    // Tests of this class may run while those of another one do, with threads of the same names.
    private static string TextOf(JsonNode answer, string name) =>
        (string)answer["threadInfos"]!.AsArray().First(thread => (string)thread!["threadName"]! == name)!["stringifiedThreadInfo"]!;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WaitForTheEnd() => _end.Wait();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunUntilTheEnd()
    {
        while (!_end.IsSet)
        {
            Thread.SpinWait(10);
        }
    }
}
