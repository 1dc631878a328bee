using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Tests.Graph;

public sealed class StreamGraphTests
{
    private static readonly Tumbling Minute = Tumbling.Of(TimeSpan.FromMinutes(1));

    [Fact]
    public void Nodes_are_in_order_of_definition()
    {
        StreamGraph graph = TestJob.Build(job =>
        {
            SourceStream<int> numbers = Numbers(job);
            numbers.Filter(n => n > 0).Map(n => n * 2).To("doubles", new Unopened<int>());
            numbers.FlatMap<long>((n, emit) => emit(n)).Count("seen").To("longs", new Unopened<long>());
        });
        Assert.Equal(
            ["Source: numbers", "Filter", "Map", "Sink: doubles", "FlatMap", "Count", "Sink: longs"], graph.Nodes.Select(node => node.Name));
        Assert.All(graph.Nodes, node => Assert.All(node.Inputs, input => Assert.True(input.From.Node.Index < node.Index)));
        Assert.Equal("test", graph.Name);
        Assert.Equal(128, graph.KeyGroups);
    }

    [Fact]
    public void A_window_has_two_phases_by_default()
    {
        StreamGraph two = TestJob.Build(job => Numbers(job).KeyBy(n => n).Window(Minute).Named("sums").Aggregate(w => w.Count()));
        Assert.Equal(["Source: numbers", "Local sums", "sums"], two.Nodes.Select(node => node.Name));
        StreamGraph one = TestJob.Build(job => Numbers(job).KeyBy(n => n).Window(Minute).Named("sums").OnePhase().Aggregate(w => w.Count()));
        Assert.Equal(["Source: numbers", "sums"], one.Nodes.Select(node => node.Name));
        Assert.All(one.Nodes[1].Inputs, input => Assert.Equal("HASH", input.Exchange.Strategy));
    }

    [Fact]
    public void A_union_brings_the_rows_of_all_its_streams()
    {
        StreamGraph graph = TestJob.Build(job =>
        {
            SourceStream<int> a = job.Source("a", new Unopened<int>());
            SourceStream<int> b = job.Source("b", new Unopened<int>());
            a.Union(b.Filter(n => n > 0), a).To("all", new Unopened<int>());
        });
        Assert.Equal([0, 2, 0], graph.Nodes[^1].Inputs.Select(input => input.From.Node.Index));
    }

    [Fact]
    public void Settings_of_a_window_reach_both_phases()
    {
        StreamGraph graph = TestJob.Build(job => Numbers(job)
            .KeyBy(n => n).Window(Minute).Lateness(TimeSpan.FromSeconds(10)).Early(TimeSpan.FromSeconds(2)).Aggregate(w => w.Count()));
        WindowNode<int, int, long, long> window = Assert.Single(graph.Nodes.OfType<WindowNode<int, int, long, long>>());
        LocalWindowNode<int, int, long, long> local = Assert.Single(graph.Nodes.OfType<LocalWindowNode<int, int, long, long>>());
        Assert.Same(local.Aggregation, window.Aggregation);
        Assert.Equal((Minute, 10_000, TimeSpan.FromSeconds(2)),
            (Assert.Single(window.Aggregation.Settings.Windows), window.Aggregation.Settings.Lateness, window.Aggregation.Settings.EarlyInterval));
    }

    [Fact]
    public void The_strategy_of_watermarks_is_kept()
    {
        WatermarkStrategy<int> strategy = new() { EventTimeOf = n => new EventTime(n), OutOfOrderness = TimeSpan.FromSeconds(1) };
        StreamGraph graph = TestJob.Build(job => Numbers(job).Watermarks(strategy));
        Assert.Same(strategy, Assert.IsType<SourceNode<int>>(graph.Nodes[0]).Watermarks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(32_768)]
    public void The_number_of_key_groups_can_be_chosen(int keyGroups) =>
        Assert.Equal(keyGroups, TestJob.Build(job => { Numbers(job); job.KeyGroups = keyGroups; }).KeyGroups);

    [Fact]
    public void A_job_without_a_source_is_refused() => Refuses("no source", _ => { });

    [Fact]
    public void A_job_without_a_sink_or_a_counter_is_refused()
    {
        TestJob job = new(builder => Numbers(builder).Map(n => n * 2));
        Assert.Contains(
            "such as Print, ToFile", Assert.Throws<JobDefinitionException>(() => StreamBuilder.Build(job, JobSettings.None)).Message,
            StringComparison.Ordinal);
        StreamBuilder.Build(new TestJob(builder => Numbers(builder).Count("seen")), JobSettings.None);
        StreamBuilder.Build(new TestJob(builder => Numbers(builder).CountOnce("seen", n => new RecordPosition(n, n))), JobSettings.None);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(32_769)]
    public void An_impossible_number_of_key_groups_is_refused(int keyGroups) =>
        Refuses("key groups", job => { Numbers(job); job.KeyGroups = keyGroups; });

    [Fact]
    public void One_name_for_two_operators_is_refused()
    {
        Refuses("Source: numbers", job => { Numbers(job); Numbers(job); });
        Refuses("'sums'", job =>
        {
            Numbers(job).KeyBy(n => n).Window(Minute).Named("sums").Aggregate(w => w.Count());
            job.Source("others", new Unopened<int>()).KeyBy(n => n).Window(Minute).Named("sums").Aggregate(w => w.Count());
        });
    }

    [Fact]
    public void A_key_of_an_impossible_type_is_refused() => Refuses("System.Version", job => Numbers(job).KeyBy(n => new Version(n, 0)));

    [Fact]
    public void Impossible_times_of_a_window_are_refused()
    {
        Refuses("lateness", job => Numbers(job).Window(Minute).Lateness(TimeSpan.FromTicks(-1)));
        Refuses("lateness", job => Numbers(job).Window(Minute).Lateness(TimeSpan.FromDays(10_001)));
        Refuses("10 ms", job => Numbers(job).Window(Minute).Early(TimeSpan.FromMilliseconds(9)));
        Refuses("10 ms", job => Numbers(job).Window(Minute).Early(TimeSpan.Zero));
        TestJob.Build(job => Numbers(job).Window(Minute).Early(null).Lateness(TimeSpan.Zero).Aggregate(w => w.Count()));
    }

    [Fact]
    public void Impossible_times_of_a_watermark_are_refused()
    {
        TimeSpan negative = TimeSpan.FromMilliseconds(-1);
        Refuses("out-of-orderness", job => Numbers(job).Watermarks(new WatermarkStrategy<int> { OutOfOrderness = negative }));
        Refuses("idle", job => Numbers(job).Watermarks(new WatermarkStrategy<int> { IdleAfter = negative }));
        Refuses("ahead", job => Numbers(job).Watermarks(new WatermarkStrategy<int> { MaxAhead = negative }));
        Refuses("10,000 days", job => Numbers(job).Watermarks(new WatermarkStrategy<int> { OutOfOrderness = TimeSpan.FromDays(10_001) }));
    }

    [Fact]
    public void Streams_of_different_jobs_cannot_be_combined()
    {
        SourceStream<int> foreign = Numbers(new StreamBuilder(JobSettings.None));
        Refuses("A union of streams of two jobs", job => Numbers(job).Union(foreign));
        Refuses("Connecting of streams of two jobs", job => Numbers(job).Connect(foreign));
        Refuses("Connecting of streams of two jobs", job => Numbers(job).Connect(foreign.Broadcast()));
        Refuses("Connecting of streams of two jobs", job => Numbers(job).KeyBy(n => n).Connect(foreign.Broadcast()));
        Refuses("Connecting of streams of two jobs", job => Numbers(job).KeyBy(n => n).Connect(foreign.KeyBy(n => n)));
        Refuses("A join of streams of two jobs", job => Numbers(job).KeyBy(n => n).Join(foreign.KeyBy(n => n)));
    }

    [Fact]
    public void An_empty_name_is_refused_wherever_one_is_given()
    {
        Refuses("An operator (MapAsync) was given an empty name", job => Numbers(job).MapAsync((n, _) => Task.FromResult(n), name: " "));
        Refuses("A window was given an empty name", job => Numbers(job).KeyBy(n => n).Window(Tumbling.Of(TimeSpan.FromSeconds(10))).Named(""));
        Refuses("A window was given an empty name", job => Numbers(job).KeyBy(n => n).Window(Tumbling.Of(TimeSpan.FromSeconds(10))).Named(" "));
        Refuses("A counter was given an empty name", job => Numbers(job).Count(""));
        Refuses("A sink was given an empty name", job => Numbers(job).To(" ", new Unopened<int>()));
        Refuses("A source was given an empty name", job => job.Source("", new Unopened<int>()));
    }

    [Fact]
    public void Rows_in_snapshots_need_a_codec()
    {
        Refuses("has no codec", job => job.Source("versions", new Unopened<Version>()).MapAsync((version, _) => Task.FromResult(version)));
        Refuses(
            "has no codec",
            job => job.Source("versions", new Unopened<Version>()).KeyBy(_ => 1).Join(Numbers(job).KeyBy(n => n)).AsOf().Inner((a, b) => b));
    }

    [Fact]
    public void CountOnce_partitions_by_the_position_of_a_record()
    {
        StreamGraph graph = TestJob.Build(job => Numbers(job).CountOnce("late", n => new RecordPosition(n, n)));
        NodeInput input = Assert.Single(graph.Nodes[1].Inputs);
        KeyExchange<int> exchange = Assert.IsType<KeyExchange<int>>(input.Exchange, exactMatch: false);
        ulong[] hashes = new ulong[3];
        exchange.Hash([5, 6, 5], hashes);
        Assert.Equal(hashes[0], hashes[2]);
        Assert.NotEqual(hashes[0], hashes[1]);
    }

    private static SourceStream<int> Numbers(StreamBuilder job) => job.Source("numbers", new Unopened<int>());

    private static void Refuses(string why, Action<StreamBuilder> define) =>
        Assert.Contains(why, Assert.Throws<JobDefinitionException>(() => TestJob.Build(define)).Message, StringComparison.Ordinal);
}
