using QueryStream.Streams.Windows;
using Results = System.Collections.Generic.List<QueryStream.Streams.Windows.WindowResult<int, (long Count, long Sum)>>;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>The results of a scenario.</summary>
/// <param name="Results">The results of the two windows.</param>
/// <param name="Late">The late rows of the two windows.</param>
/// <param name="LateDropped">The engine's own counter.</param>
/// <param name="LateOnce">The number of rows that were late for at least one window.</param>
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

    /// <summary>All results of each window and key, in order, except early ones, which depend on timing.</summary>
    public List<string> FinalPanes(int window) =>
        [.. Results[window].Where(result => result.Pane != Pane.Early).Select(result => result.ToString()).Order(StringComparer.Ordinal)];
}
