using QueryStream.Core.Errors;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Tests.Graph;

public sealed class JobGraphTests
{
    private static readonly Tumbling Minute = Tumbling.Of(TimeSpan.FromMinutes(1));

    [Fact]
    public void Nodes_without_an_exchange_between_them_run_in_one_vertex()
    {
        JobGraph graph = Create(job => Numbers(job).Filter(n => n > 0).KeyBy(n => n).Window(Minute).Aggregate(w => w.Count()).To("out", Sink()));
        Assert.Equal(2, graph.Vertices.Count);
        Assert.Equal(["Source: numbers", "Filter", "LocalWindow"], graph.Vertices[0].Nodes.Select(node => node.Name));
        Assert.Equal(["Window", "Sink: out"], graph.Vertices[1].Nodes.Select(node => node.Name));
        JobEdge edge = Assert.Single(graph.Edges);
        Assert.Equal((graph.Vertices[0], graph.Vertices[1], false), (edge.From, edge.To, edge.IsForward));
        Assert.Equal(2, edge.Links.Count);
    }

    [Fact]
    public void Many_aggregations_of_one_source_share_its_vertex()
    {
        JobGraph graph = Create(job =>
        {
            SourceStream<int> numbers = Numbers(job);
            for (int i = 0; i < 10; i++)
            {
                numbers.KeyBy(n => n).Window(Minute).Named($"w{i}").Aggregate(w => w.Count()).To($"out {i}", Sink());
            }
        });
        Assert.Equal(11, graph.Vertices.Count);
        Assert.Equal(11, graph.Vertices[0].Nodes.Count);
        Assert.Equal(10, graph.Edges.Count);
    }

    [Fact]
    public void A_union_of_two_vertices_heads_a_third()
    {
        JobGraph graph = Create(job => Numbers(job).Union(job.Source("others", new Unopened<int>())).To("out", new Unopened<int>()));
        Assert.Equal(3, graph.Vertices.Count);
        Assert.Equal([true, true], graph.Edges.Select(edge => edge.IsForward));
    }

    [Fact]
    public void Equal_definitions_have_equal_fingerprints_and_different_ones_do_not()
    {
        string first = Create(Define).Fingerprint;
        Assert.Equal(first, Create(Define).Fingerprint);
        Assert.NotEqual(first, Create(Define, parallelism: 3).Fingerprint);
        Assert.NotEqual(first, Create(job => { Define(job); job.KeyGroups = 64; }).Fingerprint);
        Assert.NotEqual(first, Create(job => Numbers(job).Filter(n => n > 1).To("out", new Unopened<int>())).Fingerprint);
        Assert.NotEqual(
            Create(job => Numbers(job).Window(Minute).Aggregate(w => w.Count())).Fingerprint,
            Create(job => Numbers(job).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Aggregate(w => w.Count())).Fingerprint);

        static void Define(StreamBuilder job) => Numbers(job).Map(n => n + 1).To("out", new Unopened<int>());
    }

    [Fact]
    public void A_named_vertex_keeps_its_id_when_the_graph_changes()
    {
        JobGraph before = Create(job => Numbers(job).KeyBy(n => n).Window(Minute).Named("sums").Aggregate(w => w.Count()));
        JobGraph after = Create(job =>
        {
            job.Source("a new one", new Unopened<long>()).To("elsewhere", new Unopened<long>());
            Numbers(job).Filter(n => n > 0).KeyBy(n => n).Window(Minute).Named("sums").Aggregate(w => w.Count());
        });
        Assert.Equal(before.Vertices.Single(v => v.Head.Name == "sums").Id, after.Vertices.Single(v => v.Head.Name == "sums").Id);
        Assert.Equal(after.Vertices.Count, after.Vertices.Select(vertex => vertex.Id).Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(129)]
    public void A_parallelism_without_a_key_group_for_each_subtask_is_refused(int parallelism) =>
        Assert.Contains(
            "parallelism", Assert.Throws<JobDefinitionException>(() => Create(job => Numbers(job), parallelism)).Message, StringComparison.Ordinal);

    [Fact]
    public void Operators_with_another_parallelism_are_separate_vertices_with_a_rebalance()
    {
        JobGraph graph = Create(
            job => Numbers(job).Parallelism(1).Map(n => n).Filter(n => n > 0).Parallelism(4).To("out", new Unopened<int>()).Parallelism(4));
        Assert.Equal(["Source: numbers", "Map", "Filter -> Sink: out"], graph.Vertices.Select(vertex => vertex.Name));
        Assert.Equal([1, 2, 4], graph.Vertices.Select(vertex => vertex.Parallelism));
        Assert.Equal(["REBALANCE", "REBALANCE"], graph.Edges.Select(edge => Assert.Single(edge.Links).Exchange.Strategy));
        Assert.Equal(4, graph.Slots);
    }

    [Fact]
    public void Operators_of_different_slot_sharing_groups_are_not_chained_and_have_slots_of_their_own()
    {
        JobGraph graph = Create(job => Numbers(job).SlotSharingGroup("reading").Map(n => 2 * n)
            .Filter(n => n > 0).SlotSharingGroup("filtering").Parallelism(4)
            .To("out", new Unopened<int>()).SlotSharingGroup("writing").Parallelism(4));

        Assert.Equal(
            [("Source: numbers -> Map", "reading", 0), ("Filter", "filtering", 2), ("Sink: out", "writing", 6)],
            graph.Vertices.Select(vertex => (vertex.Name, vertex.SlotSharingGroup, vertex.FirstSlot)));
        Assert.Equal([false, true], graph.Edges.Select(edge => edge.IsForward));
        Assert.Equal(2 + 4 + 4, graph.Slots);
    }

    [Fact]
    public void An_operator_has_the_group_of_its_inputs_if_they_agree_and_a_blank_name_is_refused()
    {
        JobGraph graph = Create(job =>
        {
            OperatorStream<int> left = Numbers(job).Map(n => n).SlotSharingGroup("a");
            OperatorStream<int> right = job.Source("others", new Unopened<int>()).Map(n => n).SlotSharingGroup("b");
            left.Union(right).Map(n => n).To("both", new Unopened<int>());
            left.Map(n => -n).To("one", new Unopened<int>());
        });
        Assert.Equal("default", graph.Vertices.Single(vertex => vertex.Name.EndsWith("Sink: both", StringComparison.Ordinal)).SlotSharingGroup);
        Assert.Equal("a", graph.Vertices.Single(vertex => vertex.Name.EndsWith("Sink: one", StringComparison.Ordinal)).SlotSharingGroup);
        Assert.Contains(
            "is no name of a slot sharing group",
            Assert.Throws<JobDefinitionException>(() => Create(job => Numbers(job).SlotSharingGroup(" "))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Operators_with_equal_parallelism_are_chained()
    {
        JobGraph graph = Create(
            job => Numbers(job).Parallelism(2).Map(n => n).Parallelism(2).Filter(n => n > 0).To("out", new Unopened<int>()).Parallelism(2));
        Assert.Equal(4, Assert.Single(graph.Vertices).Nodes.Count);
    }

    [Fact]
    public void An_operator_that_prepares_rows_has_the_parallelism_of_its_input()
    {
        JobGraph graph = Create(job => Numbers(job).Parallelism(3).Count("numbers").KeyBy(n => n).Window(Minute).OnError(ErrorPolicy.Skip)
            .Aggregate(w => w.Count()).Parallelism(5).Of(Minute).To("out", Sink()).Parallelism(5));
        Assert.Equal([3, 5], graph.Vertices.Select(vertex => vertex.Parallelism));
        Assert.Contains(graph.Vertices[0].Nodes, node => node.Name == "LocalWindow");
    }

    [Fact]
    public void The_fingerprint_depends_on_the_parallelism_of_each_operator() => Assert.NotEqual(
        Create(job => Numbers(job).KeyBy(n => n).Window(Minute).Aggregate(w => w.Count()).Parallelism(3)).Fingerprint,
        Create(job => Numbers(job).KeyBy(n => n).Window(Minute).Aggregate(w => w.Count()).Parallelism(4)).Fingerprint);

    [Theory]
    [InlineData(0)]
    [InlineData(129)]
    public void A_parallelism_of_an_operator_that_is_not_possible_is_refused_with_its_name(int parallelism) => Assert.Contains(
        "Map cannot run with parallelism",
        Assert.Throws<JobDefinitionException>(() => Create(job => Numbers(job).Map(n => n).Parallelism(parallelism))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Event_time_after_a_source_without_event_times_gives_a_warning()
    {
        Assert.Contains(
            "Window uses event time, and the records of Source: timeless have none", Assert.Single(WarningsOf(Windows)), StringComparison.Ordinal);
        Assert.Empty(WarningsOf(rows => Windows(rows.Watermarks(new WatermarkStrategy<int> { EventTimeOf = n => new(n) }))));
        Assert.Empty(WarningsOf(rows => rows.KeyBy(n => n).Window(Minute).ProcessingTime().Aggregate(w => w.Count()).To("out", Sink())));
        Assert.Empty(WarningsOf(rows => rows.KeyBy(n => n).Window(Global.Of(3)).Aggregate(w => w.Count()).To("out", Sink())));
        Assert.Empty(WarningsOf(rows => rows.To("out", new Unopened<int>())));
        Assert.Empty(Create(job => Windows(Numbers(job))).Warnings);

        static void Windows(SourceStream<int> rows) => rows.Map(n => n).KeyBy(n => n).Window(Minute).Aggregate(w => w.Count()).To("out", Sink());
        static IReadOnlyList<string> WarningsOf(Action<SourceStream<int>> define) =>
            Create(job => define(job.Source("timeless", new Unopened<int> { HasEventTimes = false }))).Warnings;
    }

    private static JobGraph Create(Action<StreamBuilder> define, int parallelism = 2) => JobGraph.Create(TestJob.Build(define), parallelism);

    private static SourceStream<int> Numbers(StreamBuilder job) => job.Source("numbers", new Unopened<int>());

    private static Unopened<WindowResult<int, long>> Sink() => new();
}
