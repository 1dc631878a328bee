using QueryStream.Web.Graphs;

namespace QueryStream.Web.Tests;

/// <summary>Where vertices of graphs are placed.</summary>
public sealed class GraphLayoutTests
{
    private static readonly LayoutSize Size = new(VertexWidth: 200, VertexHeight: 100, LayerGap: 50, VertexGap: 20);

    [Fact]
    public void The_longest_path_gives_the_layer_and_edges_lead_to_the_right()
    {
        GraphLayout layout = GraphLayout.Create(4, [(0, 1), (1, 2), (0, 3), (2, 3)], Size);
        Assert.Equal([0d, 250, 500, 750], layout.Places.Select(place => place.X));
        Assert.Equal(4, layout.Layers);
        Assert.Equal(950, layout.Width);
    }

    [Fact]
    public void A_source_stands_beside_what_it_feeds()
    {
        GraphLayout layout = GraphLayout.Create(5, [(0, 1), (1, 2), (2, 4), (3, 4)], Size);
        Assert.Equal(layout.Places[2].X, layout.Places[3].X);
    }

    [Fact]
    public void An_edge_over_several_layers_passes_each_of_them_and_no_vertex()
    {
        GraphLayout layout = GraphLayout.Create(4, [(0, 1), (1, 2), (2, 3), (0, 3)], Size);
        IReadOnlyList<LayoutPlace> route = layout.Routes[3];
        Assert.Equal(6, route.Count);
        foreach (LayoutPlace point in route.Skip(1).Take(4))
        {
            Assert.DoesNotContain(
                layout.Places, place => point.X >= place.X && point.X <= place.X + 200 && point.Y > place.Y && point.Y < place.Y + 100);
        }
    }

    [Fact]
    public void Crossed_edges_are_uncrossed()
    {
        GraphLayout layout = GraphLayout.Create(4, [(0, 3), (1, 2)], Size);
        Assert.Equal(layout.Places[0].Y < layout.Places[1].Y, layout.Places[3].Y < layout.Places[2].Y);
    }

    [Fact]
    public void Sixty_vertices_do_not_overlap_and_get_the_same_places_each_time()
    {
        (int From, int To)[] edges = [.. LargeGraph()];
        GraphLayout layout = GraphLayout.Create(60, edges, Size);
        for (int i = 0; i < 60; i++)
        {
            for (int j = i + 1; j < 60; j++)
            {
                LayoutPlace a = layout.Places[i];
                LayoutPlace b = layout.Places[j];
                Assert.True(a.X != b.X || Math.Abs(a.Y - b.Y) >= 100 + 20 - 0.001, $"{i} and {j} overlap at {a} and {b}");
            }
        }

        Assert.All(edges, edge => Assert.True(layout.Places[edge.From].X < layout.Places[edge.To].X));
        Assert.All(layout.Places, place => Assert.InRange(place.Y, -0.001, layout.Height - 100 + 0.001));
        Assert.Equal(layout.Places, GraphLayout.Create(60, edges, Size).Places);
    }

    [Fact]
    public void A_vertex_alone_and_no_vertex_have_places_too()
    {
        Assert.Equal([new LayoutPlace(0, 0)], GraphLayout.Create(1, [], Size).Places);
        Assert.Empty(GraphLayout.Create(0, [], Size).Places);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 0)]
    [InlineData(0, 5)]
    public void An_edge_that_does_not_lead_to_a_higher_vertex_is_refused(int from, int to) =>
        Assert.Throws<ArgumentException>(() => GraphLayout.Create(2, [(from, to)], Size));

    // Layers of six, each vertex with an edge to two of the next layer, and some long edges.
    private static IEnumerable<(int From, int To)> LargeGraph()
    {
        for (int vertex = 0; vertex < 54; vertex++)
        {
            int next = ((vertex / 6) + 1) * 6;
            yield return (vertex, next + (vertex * 5 % 6));
            yield return (vertex, next + (((vertex * 5) + 3) % 6));
        }

        yield return (0, 59);
        yield return (7, 40);
    }
}
