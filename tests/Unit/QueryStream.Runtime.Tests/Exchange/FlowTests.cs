using System.Runtime.CompilerServices;
using QueryStream.Core;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Tests.Properties;
using QueryStream.Runtime.Tests.Windows;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>Flow control in whole jobs.</summary>
[Trait("Hostile", "No")]
public sealed class FlowTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly HarnessSource<Sale> _source = new(splits: 3) { ElementsPerPoll = 300 };
    private readonly HarnessSource<Sale> _other = new(splits: 2) { ElementsPerPoll = 700 };
    private readonly HarnessSink<Sale> _sales = new();
    private readonly HarnessSink<WindowResult<int, long>> _results = new();

    public static TheoryData<int> Parallelisms => [1, 2, 3];

    public static TheoryData<string, int> Topologies
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string topology in (string[])
            ["branches that meet", "branches that meet behind windows", "two sources", "a stream and itself", "windows of windows"])
            {
                for (int seed = 1; seed <= 20; seed++)
                {
                    data.Add(topology, seed);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Parallelisms))]
    public void A_stuck_sink_stops_the_sources_behind_forward_channels_within_a_bound(int parallelism)
    {
        using JobHarness job = new(
            builder => builder.Source("a", _source).Union(builder.Source("b", _other)).To("sales", _sales), parallelism);
        _sales.IsFull = true;
        FillSources(rows: 500_000);
        job.Run();

        // One channel from each source subtask to its sink.
        AssertBounded(job, channels: 2 * parallelism);
        _sales.IsFull = false;
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Equal(1_000_000, _sales.Rows.Count);
    }

    [Theory]
    [MemberData(nameof(Parallelisms))]
    public void A_stuck_sink_stops_the_sources_behind_an_exchange_within_a_bound(int parallelism)
    {
        using JobHarness job = new(
            builder => builder.Source("a", _source).Union(builder.Source("b", _other))
                .KeyBy(sale => sale.Key).Window(Tumbling.Of(Second)).OnePhase().Aggregate(w => w.Count()).To("results", _results),
            parallelism);
        _results.IsFull = true;
        FillSources(rows: 800_000);
        job.Run();

        // One channel from each source subtask to each window subtask.
        AssertBounded(job, channels: 2 * parallelism * parallelism);
        _results.IsFull = false;
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Equal(1_600_000, _results.Rows.Sum(result => result.Row.Value));
    }

    [Theory]
    [InlineData(100L)]
    [InlineData(10_000_000L)]
    [InlineData(long.MaxValue)]
    public void Accumulators_of_any_weight_pass(long bytes)
    {
        using JobHarness job = new(
            builder => builder.Source("a", _source).KeyBy(sale => sale.Key).Window(Tumbling.Of(Second))
                .Aggregate(new HeavyCount(bytes)).To("results", _results),
            parallelism: 2);
        for (int i = 0; i < 3_000; i++)
        {
            _source.Push(new Sale(i % 300, i), i, split: i % 3);
        }

        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Equal(3_000, _results.Rows.Sum(result => result.Row.Value));
    }

    [Fact]
    public void A_single_row_reaches_a_receiver_that_has_nothing_to_do_without_waiting_for_company()
    {
        using JobHarness job = new(
            builder => builder.Source("a", _source).KeyBy(sale => sale.Key).Window(Tumbling.Of(Second)).OnePhase()
                .Aggregate(w => w.Count()).To("results", _results),
            parallelism: 2);
        Push(job, new Sale(1, 500));
        long before = RowsIn(job);

        // Older than the previous row, so that no watermark flushes it.
        Push(job, new Sale(1, 499));
        Assert.Equal(before + 1, RowsIn(job));
        Push(job, new Sale(2, 498));
        Assert.Equal(before + 2, RowsIn(job));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Rows_of_one_split_and_key_keep_their_order(ulong seed)
    {
        HarnessSource<Event> source = new(splits: 5);
        HarnessSink<WindowResult<int, long>> results = new();
        SeededRandom random = new(seed);
        using JobHarness job = new(
            builder => builder.Source("events", source).KeyBy(row => row.Split).Window(Tumbling.Of(TimeSpan.FromDays(1))).OnePhase()
                .Aggregate(new SplitOrder()).To("results", results),
            parallelism: 3,
            seed);
        for (int id = 1; id <= 20_000; id++)
        {
            source.Push(new Event(id, 0, id, id % 5), id, id % 5);
            source.ElementsPerPoll = 1 + random.Next(50);
            job.Run(random.Next(3));
        }

        source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Equal(5, results.Rows.Count);
        Assert.All(results.Rows, result => Assert.Equal(0, result.Row.Value));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public void No_topology_ever_comes_to_a_standstill(string topology, int seed)
    {
        SeededRandom random = new((ulong)seed);
        using JobHarness job = new(builder => Define(builder, topology), parallelism: 1 + random.Next(4), (ulong)seed);
        int rows = 0;
        for (int round = 0; round < 10; round++)
        {
            _results.IsFull = random.Next(2) == 0;
            int pushed = random.Next(20_000);
            for (int i = 0; i < pushed; i++)
            {
                long time = rows++ / 10;
                _source.Push(new Sale(random.Next(random.Next(2) == 0 ? 10 : 10_000), time), time, split: random.Next(3));
            }

            job.Run(random.Next(2_000));
        }

        _results.IsFull = false;
        _source.EndAll();
        _other.EndAll();
        job.Run();
        Assert.Null(job.Failure);
        Assert.True(job.IsFinished);

        // No row is late, so each window and key has one result.
        Assert.Equal(topology == "a stream and itself" ? 2 * rows : rows, _results.Rows.Sum(result => result.Row.Value));
    }

    private static long RowsIn(JobHarness job) => job.MetricsOf(job.Graph.Vertices[1]).Sum(metrics => metrics.RowsIn.Value);

    private void Define(StreamBuilder job, string topology)
    {
        Stream<Sale> sales = job.Source("a", _source).Watermarks(new WatermarkStrategy<Sale> { OutOfOrderness = Second });
        switch (topology)
        {
            case "branches that meet":
                Count(sales.Filter(sale => sale.Key % 2 == 0).Union(sales.Filter(sale => sale.Key % 2 != 0).Map(sale => sale)))
                    .To("results", _results);
                break;
            case "branches that meet behind windows":
                Count(Again(Count(sales.Filter(sale => sale.Key % 2 == 0)), 0).Union(Again(Count(sales.Filter(sale => sale.Key % 2 != 0)), 1)))
                    .To("results", _results);
                break;
            case "two sources":
                Count(sales.Union(job.Source("b", _other))).To("results", _results);
                break;
            case "a stream and itself":
                Count(sales.Union(sales)).To("results", _results);
                break;
            default:
                Count(Again(Count(sales), 0)).To("results", _results);
                break;
        }
    }

    private static WindowStream<Sale, int, long> Count(Stream<Sale> sales) =>
        sales.KeyBy(sale => sale.Key).Window(Tumbling.Of(Second)).Lateness(TimeSpan.FromDays(1)).Aggregate(w => w.Count());

    // The number of rows that the result has counted, so that all rows are accounted for.
    private static Stream<Sale> Again(WindowStream<Sale, int, long> results, int salt) => results.FlatMap<Sale>((result, emit) =>
    {
        for (int i = 0; i < result.Value; i++)
        {
            emit(new Sale(result.Key + salt, result.Window.MaxTime.Milliseconds));
        }
    });

    private void Push(JobHarness job, Sale sale)
    {
        _source.Push(sale, sale.Time);
        job.Run();
    }

    private void FillSources(int rows)
    {
        for (int i = 0; i < rows; i++)
        {
            _source.Push(new Sale(i, 0), 0, split: i % 3);
            _other.Push(new Sale(i, 0), 0, split: i % 2);
        }

        _source.EndAll();
        _other.EndAll();
    }

    // In flight are at most a full channel, one batch beyond its limit, and one batch being built.
    private static void AssertBounded(JobHarness job, int channels)
    {
        long read = job.Metrics.Sum(metrics => metrics.RecordsRead.Value) * Unsafe.SizeOf<Sale>();
        long bound = channels * (OutputChannel.MaxLimit + (2L * Batch.MaxRows * Unsafe.SizeOf<Sale>()));
        Assert.InRange(read, OutputChannel.MaxLimit, bound);
    }
}
