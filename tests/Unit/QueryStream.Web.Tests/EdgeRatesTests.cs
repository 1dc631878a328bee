using QueryStream.Web.Graphs;

namespace QueryStream.Web.Tests;

public sealed class EdgeRatesTests
{
    [Fact]
    public void An_edge_has_what_its_vertex_receives_or_sends_if_it_is_the_only_one() =>
        Assert.Equal([5, 3], EdgeRates.Of([(0, 1), (1, 2)], [null, 5, null], [5, 3, 0]));

    // 0 sends to 2 and 3; 1 to 2 only. What 2 receives from 0 is what 1 leaves.
    [Fact]
    public void The_last_edge_of_a_side_has_what_the_others_leave() =>
        Assert.Equal([6, 4, 1], EdgeRates.Of([(0, 2), (1, 2), (0, 3)], [null, null, 10, 1], [7, 4, 0, 0]));

    [Fact]
    public void None_is_below_zero_when_rates_differ_by_a_moment() =>
        Assert.Equal([0, 4, 1], EdgeRates.Of([(0, 2), (1, 2), (0, 3)], [null, null, 3, 1], [1, 4, 0, 0]));

    [Fact]
    public void What_cannot_be_told_is_not_known() =>
        Assert.Equal([null, null, null, null], EdgeRates.Of([(0, 2), (0, 3), (1, 2), (1, 3)], [null, null, 5, 6], [4, 7, 0, 0]));

    [Fact]
    public void What_is_not_reported_is_not_known() => Assert.Equal([null], EdgeRates.Of([(0, 1)], [null, null], [null, null]));
}
