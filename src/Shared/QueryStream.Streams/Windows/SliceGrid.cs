using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>Cuts time into slices at all starts and ends of windows, so that each window consists of whole slices. Immutable.</summary>
public sealed class SliceGrid
{
    private readonly WindowEdge[] _edges;

    /// <summary>The slices of these windows.</summary>
    public SliceGrid(IReadOnlyList<AlignedWindows> windows)
    {
        List<WindowEdge> edges = [];
        foreach (WindowEdge edge in windows.SelectMany(one => one.Edges).Distinct())
        {
            if (!edges.Exists(other => other.Covers(edge)))
            {
                edges.RemoveAll(other => edge.Covers(other));
                edges.Add(edge);
            }
        }

        _edges = [.. edges];
    }

    /// <summary>The slice that contains a time; cut off at the smallest and largest time.</summary>
    public Window SliceOf(EventTime time)
    {
        Window slice = _edges[0].Around(time);
        for (int i = 1; i < _edges.Length; i++)
        {
            Window other = _edges[i].Around(time);
            slice = new Window(EventTime.Max(slice.Start, other.Start), EventTime.Min(slice.End, other.End));
        }

        return slice;
    }
}
