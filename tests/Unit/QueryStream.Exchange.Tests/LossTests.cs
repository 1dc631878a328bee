using QueryStream.Exchange.Tests.Support;
using QueryStream.TestKit;

namespace QueryStream.Exchange.Tests;

/// <summary>What happens when a worker or a connection is lost.</summary>
public sealed class LossTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_a_worker_ends_its_peers_lose_their_channels_and_report_it_as_dead(bool survivorConnects)
    {
        await using ExchangeNode survivor = new(survivorConnects ? "a" : "z");
        await using ExchangeNode victim = new("m");
        TestJob job = new(parallelism: 2);
        await ConnectAsync(job, survivor, victim);

        await victim.DisposeAsync();

        await Wait.UntilAsync("the report", () => !survivor.Lost.IsEmpty);
        Assert.Equal((victim.Location, true), Assert.Single(survivor.Lost));
        await Wait.UntilAsync("the losses", () => Array.TrueForAll(job.Senders, task => task.Losses.Count == 1));
        Assert.Contains("the connection to worker m at", job.Senders[0].Losses.First().Message, StringComparison.Ordinal);
        Assert.Equal([3253, 3252], survivor.Problems.Select(line => line.Id));

        // Whoever connects after that learns the same.
        TestJob next = new(parallelism: 1, attempt: 1);
        next.Deploy(survivor, victim);
        survivor.Channels.Connect(next.Senders[0].Endpoint, TestJob.Channel()).Send(TestJob.Batch(1));
        await Wait.UntilAsync("the next loss", () => next.Senders[0].Losses.Count == 1);
        Assert.Contains("refuses connections", next.Senders[0].Losses.First().Message, StringComparison.Ordinal);
    }

    private static async Task ConnectAsync(TestJob job, ExchangeNode senders, ExchangeNode receivers)
    {
        job.Deploy(senders, receivers);
        for (int from = 0; from < job.Senders.Length; from++)
        {
            for (int to = 0; to < job.Receivers.Length; to++)
            {
                receivers.Channels.Connect(job.Receivers[to].Endpoint, TestJob.Channel(from, to));
                senders.Channels.Connect(job.Senders[from].Endpoint, TestJob.Channel(from, to)).Send(TestJob.Batch(from));
            }
        }

        await Wait.UntilAsync("all first rows", () => Array.TrueForAll(job.Receivers, task => task.Elements.Count == job.Senders.Length));
    }
}
