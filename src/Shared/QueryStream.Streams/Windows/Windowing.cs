namespace QueryStream.Streams.Windows;

/// <summary>How rows are grouped into windows: <see cref="Tumbling"/>, <see cref="Sliding"/>, <see cref="Cumulating"/>, <see cref="Session"/> or <see cref="Global"/>.</summary>
public abstract record Windowing
{
    // Operators know these kinds and no others.
    private protected Windowing()
    {
    }

    /// <summary>As in plans and errors: <c>Sliding(1min, 10s)</c>. Part of the graph's fingerprint.</summary>
    public abstract override string ToString();
}
