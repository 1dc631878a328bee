using QueryStream.Streams.Windows;
using Results = System.Collections.Generic.List<QueryStream.Streams.Windows.WindowResult<int, (long Count, long Sum)>>;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>What a job made of a scenario.</summary>
/// <param name="Results">Of the two windows.</param>
/// <param name="Late">Rows that they gave up.</param>
/// <param name="LateDropped">The engine's own counter.</param>
/// <param name="LateOnce">Rows that at least one window gave up.</param>
internal sealed record Outcome(Results[] Results, List<Event>[] Late, long LateDropped, long LateOnce)
{
    /// <summary>The last result of each window and key.</summary>
    public SortedDictionary<(long Start, int Key), (long Count, long Sum)> Final(int window)
    {
        SortedDictionary<(long, int), (long, long)> final = [];
        foreach (WindowResult<int, (long Count, long Sum)> result in Results[window])
        {
            final[(result.Window.Start.Milliseconds, result.Key)] = result.Value;
        }

        return final;
    }

    /// <summary>All results of each window and key, in order, the early ones left out since they depend on the moment.</summary>
    public List<string> FinalPanes(int window) =>
        [.. Results[window].Where(result => result.Pane != Pane.Early).Select(result => result.ToString()).Order(StringComparer.Ordinal)];
}
