using QueryStream.Coordinator;
using QueryStream.Core.Texts;
using QueryStream.Exchange.Tests.Support;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Exchange.Tests;

/// <summary>Real jobs whose workers exchange rows over TCP.</summary>
public sealed class JobTests
{
    private const int Rows = 20_000;
    private const int Keys = 97;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_with_keys_over_two_workers_has_the_output_of_the_oracle(bool hasTls)
    {
        using TestCertificates certificates = new();
        Visit[] visits = Visits();
        MemorySink<Total> sink = new();
        await using TcpCluster cluster = new(workers: 2, slots: 2, new ExchangeOptions { Tls = hasTls ? certificates.Issue() : null });

        JobHandle job = await cluster.SubmitAsync(
            new LambdaJob("totals", builder => Define(builder, new MemorySource<Visit>(visits), sink)), parallelism: 4);
        JobResult result = await job.Completion;

        Assert.Equal((JobStatus.Finished, null), (result.Status, result.Failure));
        Assert.Equal(Rows, sink.Rows.Count);
        Assert.Equal(Oracle(visits), Last(sink.Rows));
        Assert.All(cluster.Nodes, node => Assert.Equal(1, node.Connections));
        Assert.Empty(cluster.Nodes.SelectMany(node => node.Problems));
        Assert.Empty(cluster.Defects);
    }

    [Fact]
    public async Task A_job_whose_connection_breaks_goes_on_from_its_last_checkpoint_over_the_next_one()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("querystream-exchange-");
        await using FaultyWire wire = new("worker-2");
        int rows = 0;
        MemorySource<Visit> source = new(Visits())
        {
            OnRow = _ =>
            {
                if (Interlocked.Increment(ref rows) is Rows / 3 or Rows)
                {
                    while (wire.Worker.Connections == 0)
                    {
                        // A few rows need no time, so the workers may not have connected yet.
                        Thread.Yield();
                    }

                    wire.Cut();
                }
            },
        };
        MemorySink<Total> sink = new();
        await using (TcpCluster cluster = new(slots: 2, new ExchangeNode("worker-1"), wire.Worker))
        {
            JobHandle job = await cluster.SubmitAsync(
                new LambdaJob("totals", builder => Define(builder, source, sink)),
                parallelism: 4,
                new Dictionary<string, string>
                {
                    ["execution.checkpointing.dir"] = new Uri(folder.FullName).AbsoluteUri,
                    ["execution.checkpointing.interval"] = "20ms",
                    ["restart-strategy.type"] = "fixed-delay",
                    ["restart-strategy.fixed-delay.attempts"] = "20",
                    ["restart-strategy.fixed-delay.delay"] = "0s",
                });
            JobResult result = await job.Completion;

            Assert.Equal((JobStatus.Finished, null), (result.Status, result.Failure));
            Assert.True(result.Restarts > 0);
            Assert.Equal(Oracle(Visits()), Last(sink.Rows));
            Assert.Empty(cluster.Nodes.SelectMany(node => node.Lost));
            Assert.Empty(cluster.Defects);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_receiver_that_takes_nothing_stops_its_sender_after_a_bounded_number_of_bytes()
    {
        const int RowBytes = 40;
        Visit[] visits = [.. Enumerable.Range(0, 500_000).Select(i => new Visit(i, i, default))];
        int emitted = 0;
        using ManualResetEventSlim gate = new();
        MemorySource<Visit> source = new(visits, splits: 1) { OnRow = _ => Interlocked.Increment(ref emitted) };
        MemorySink<int> sink = new();
        await using TcpCluster cluster = new(workers: 2, slots: 1);
        JobHandle job = await cluster.SubmitAsync(
            new LambdaJob("slow", builder => builder.Source("visits", source).Parallelism(1).Rebalance()
                .Map(visit => Held(visit, gate)).To("out", sink)),
            parallelism: 2);

        // Two channels, each with its limit and a batch, and what a batch holds before it is sent.
        const long Least = 2L << 20;
        const long Most = 4L << 20;
        try
        {
            await Wait.UntilAsync("both channels to be full", () => (long)Volatile.Read(ref emitted) * RowBytes >= Least);
            await Assert.ThrowsAsync<TimeoutException>(
                () => Wait.WhileProgressAsync("the source to stay", () => false, () => Volatile.Read(ref emitted), TimeSpan.FromSeconds(1)));
            Assert.InRange((long)emitted * RowBytes, Least, Most);
        }
        finally
        {
            gate.Set();
        }

        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
        Assert.Equal(Enumerable.Range(0, visits.Length), sink.Rows.Order());
    }

    private static Visit[] Visits() =>
        [.. Enumerable.Range(0, Rows).Select(i => new Visit(i % Keys, i, Text.From($"người dùng {i % 1_000}")))];

    private static IEnumerable<Total> Oracle(Visit[] visits)
    {
        Dictionary<int, Total> totals = [];
        foreach (Visit visit in visits)
        {
            totals[visit.Key] = totals.GetValueOrDefault(visit.Key).Plus(visit);
        }

        return totals.Values.OrderBy(total => total.Key);
    }

    private static IEnumerable<Total> Last(IEnumerable<Total> totals) =>
        totals.GroupBy(total => total.Key).Select(ofKey => ofKey.MaxBy(total => total.Count)).OrderBy(total => total.Key);

    private static int Held(in Visit visit, ManualResetEventSlim gate)
    {
        gate.Wait();
        return visit.Key;
    }

    private static void Define(StreamBuilder job, MemorySource<Visit> source, MemorySink<Total> sink) =>
        job.Source("visits", source).KeyBy(visit => visit.Key).Process(() => new Totals(), "totals").To("out", sink);

    private sealed class Totals : KeyedProcessFunction<int, Visit, Total>
    {
        private ValueState<Total> _total = null!;

        public override void Open(KeyedStateContext state) => _total = state.Value<Total>("total");

        public override void Process(in Visit row, KeyedContext<int, Total> context)
        {
            _total.Value = _total.Value.Plus(row);
            context.Emit(_total.Value);
        }
    }
}

[StreamRecord]
public readonly partial record struct Visit(int Key, long Amount, Text User);

[StreamRecord]
public readonly partial record struct Total(int Key, long Sum, int Count, ulong Users)
{
    /// <summary>Adds a visit; the order does not matter.</summary>
    public Total Plus(in Visit visit) => new(visit.Key, Sum + visit.Amount, Count + 1, Users + Core.Keys.StableHash.OfBytes(visit.User.Bytes));
}
