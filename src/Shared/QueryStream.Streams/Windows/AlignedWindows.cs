using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>
/// Windows whose bounds depend on the time only, not on the rows. A row goes into one slice, the span between two neighbouring
/// bounds, and a window is merged from its slices when it gives a result; so what a row costs does not grow with the number of windows
/// that it falls into. A window that reaches beyond the ends of time is cut off there.
/// </summary>
public abstract record AlignedWindows : Windowing
{
    private protected AlignedWindows()
    {
    }

    /// <summary>Where windows start and end.</summary>
    public abstract IReadOnlyList<WindowEdge> Edges { get; }

    /// <summary>The end of the first window that ends after a time; it is also the first that the time falls into.</summary>
    public abstract EventTime FirstEndAfter(EventTime time);

    /// <summary>The end of the last window that a time falls into.</summary>
    public abstract EventTime LastEndOf(EventTime time);

    /// <summary>The start of the window with that end.</summary>
    public abstract EventTime StartOf(EventTime end);

    internal static EventTime CutOff(Int128 time) => new((long)Int128.Clamp(time, long.MinValue, long.MaxValue));
}
