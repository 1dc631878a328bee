namespace QueryStream.Web.Graphs;

/// <summary>
/// Rows a second on the edges of a graph, out of what each vertex receives and sends on all of its edges together. Where a vertex has several
/// edges on one side, the last one has what the others leave; an edge is not known where both of its vertices have another one that is not.
/// </summary>
internal static class EdgeRates
{
    /// <summary>The rates in the order of the edges; null: not known.</summary>
    /// <param name="edges">From which vertex to which one.</param>
    /// <param name="received">What each vertex receives a second; null: not known.</param>
    /// <param name="sent">What each vertex sends a second; null: not known.</param>
    public static double?[] Of(IReadOnlyList<(int From, int To)> edges, IReadOnlyList<double?> received, IReadOnlyList<double?> sent)
    {
        double?[] rates = new double?[edges.Count];
        int known;
        do
        {
            known = rates.Count(rate => rate is not null);
            for (int i = 0; i < rates.Length; i++)
            {
                (int from, int to) = edges[i];
                rates[i] ??= Left(received[to], i, one => one.To == to) ?? Left(sent[from], i, one => one.From == from);
            }
        }
        while (rates.Count(rate => rate is not null) > known);

        return rates;

        // What all edges of a side leave to one of them. Rates of the same second differ a little, and none is below 0.
        double? Left(double? all, int edge, Func<(int From, int To), bool> isOfSide)
        {
            double? left = all;
            for (int i = 0; i < rates.Length && left is not null; i++)
            {
                left -= i != edge && isOfSide(edges[i]) ? rates[i] : 0;
            }

            return left < 0 ? 0 : left;
        }
    }
}
