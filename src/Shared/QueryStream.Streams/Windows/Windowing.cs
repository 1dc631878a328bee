using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>
/// How rows are grouped into windows: <see cref="Tumbling"/>, <see cref="Sliding"/>, <see cref="Cumulating"/>, <see cref="Session"/> or
/// <see cref="Global"/>.
/// </summary>
public abstract record Windowing
{
    // Closed: operators handle exactly these kinds.
    private protected Windowing()
    {
    }

    /// <summary>The text in plans and errors: <c>Sliding(1min, 10s)</c>. Part of the graph's fingerprint.</summary>
    public abstract override string ToString();
}

/// <summary>
/// Windows whose bounds depend only on time, not on the rows. A row is added to one slice, the span between two neighbouring bounds, and a window
/// merges its slices when it fires. So the cost of a row does not grow with the number of its windows. A window that extends beyond the smallest or
/// largest time is cut off there.
/// </summary>
public abstract record AlignedWindows : Windowing
{
    private protected AlignedWindows()
    {
    }

    /// <summary>The points where windows start and end.</summary>
    public abstract IReadOnlyList<WindowEdge> Edges { get; }

    /// <summary>The end of the first window that contains a time.</summary>
    public abstract EventTime FirstEndAfter(EventTime time);

    /// <summary>The end of the last window that contains a time.</summary>
    public abstract EventTime LastEndOf(EventTime time);

    /// <summary>The start of the window with this end.</summary>
    public abstract EventTime StartOf(EventTime end);

    internal static EventTime CutOff(Int128 time) => new((long)Int128.Clamp(time, long.MinValue, long.MaxValue));
}
