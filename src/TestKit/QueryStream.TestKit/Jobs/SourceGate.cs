namespace QueryStream.TestKit.Jobs;

/// <summary>Closes all sources of a <see cref="JobHarness"/> behind a barrier, so that nothing follows that another attempt would bring again. Used by the test's thread.</summary>
internal sealed class SourceGate
{
    private readonly List<Action> _wakes = [];

    /// <summary>Whether sources bring nothing for now.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Has a reader woken when the gate opens.</summary>
    public void Add(Action wake) => _wakes.Add(wake);

    /// <summary>Forgets a reader.</summary>
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
