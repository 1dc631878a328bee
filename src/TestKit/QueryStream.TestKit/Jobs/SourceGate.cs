namespace QueryStream.TestKit.Jobs;

/// <summary>
/// Pauses all sources of a <see cref="JobHarness"/> after a barrier: rows after it will be emitted by the next attempt. Used by the test's thread.
/// </summary>
internal sealed class SourceGate
{
    private readonly List<Action> _wakes = [];

    /// <summary>Whether the sources are paused.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Adds a reader to wake when the gate opens.</summary>
    public void Add(Action wake) => _wakes.Add(wake);

    /// <summary>Removes a reader.</summary>
    public void Remove(Action wake) => _wakes.Remove(wake);

    /// <summary>Closes the gate.</summary>
    public void Close() => IsClosed = true;

    /// <summary>Opens the gate.</summary>
    public void Open()
    {
        IsClosed = false;
        _wakes.ForEach(wake => wake());
    }
}
