using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.Jobs.Tests;

public sealed class JobCatalogTests
{
    [Fact]
    public void Query_analytics_can_be_found_and_built()
    {
        JobDescription job = JobCatalog.Find("query-analytics")!;
        Assert.Equal("Query Analytics Streaming", job.Title);
        Assert.Equal(29, job.Settings.Count);
        StreamGraph graph = StreamBuilder.Build(job.Create(), JobSettings.None);
        Assert.Equal(job.Title, graph.Name);
        Assert.IsType<SourceNode<Query>>(graph.Nodes[0]);
        Assert.Equal("Source: user_queries", graph.Nodes[0].Name);
    }

    [Fact]
    public void Every_job_can_be_found_and_built_with_its_defaults() => Assert.All(JobCatalog.All, job =>
    {
        Assert.Same(job, JobCatalog.Find(job.Name));
        Assert.Equal(job.Title, StreamBuilder.Build(job.Create(), JobSettings.None).Name);
    });

    [Theory]
    [InlineData("dead-letter.topic", "Sink: dead letters")]
    [InlineData("dead-letter.file", "Sink: dead letter file")]
    public void Dead_letters_are_written_where_a_place_is_set(string setting, string sink)
    {
        StreamGraph graph = StreamBuilder.Build(new QueryAnalyticsJob(), new JobSettings(new Dictionary<string, string> { [setting] = "dead" }));
        Assert.Contains(graph.Nodes, node => node.Name == sink);
        Assert.DoesNotContain(StreamBuilder.Build(new QueryAnalyticsJob(), JobSettings.None).Nodes, node => node.Name == sink);
    }

    [Fact]
    public void An_unknown_name_is_not_found() => Assert.Null(JobCatalog.Find("query_analytics"));
}
