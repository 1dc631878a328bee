namespace QueryStream.Web.Watching;

/// <summary>The metrics of a vertex and its operators that pages show as charts.</summary>
internal static class ChartMetrics
{
    public static IEnumerable<(string Name, double? Value, ChartUnit Unit)> Of(VertexSample vertex, DateTimeOffset now)
    {
        FlowSums flow = vertex.Flow;
        yield return ("Records in", flow.InRate, ChartUnit.Rate);
        yield return ("Records out", flow.OutRate, ChartUnit.Rate);
        yield return ("Bytes in", flow.BytesInRate, ChartUnit.ByteRate);
        yield return ("Bytes out", flow.BytesOutRate, ChartUnit.ByteRate);
        yield return ("Busy (max)", flow.MostBusy, ChartUnit.Share);
        yield return ("Backpressured (max)", flow.MostBackPressured, ChartUnit.Share);
        yield return ("Input queue", flow.Queue, ChartUnit.Count);
        yield return ("Watermark lag", flow.Watermark is { } watermark ? JobTracker.LagOf(watermark, now)?.TotalSeconds : null, ChartUnit.Seconds);
        foreach (OperatorSums sums in OperatorSums.Of(vertex.Vertex, vertex.Tasks))
        {
            yield return ($"{sums.Node.Name}: in", sums.InRate, ChartUnit.Rate);
            yield return ($"{sums.Node.Name}: out", sums.OutRate, ChartUnit.Rate);
        }
    }
}
