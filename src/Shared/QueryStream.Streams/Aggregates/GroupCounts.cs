using QueryStream.Core.Texts;

namespace QueryStream.Streams.Aggregates;

/// <summary>Rows counted by group within one window. A view of the engine's state: valid only while the result is being handled.</summary>
public readonly struct GroupCounts
{
    private readonly GroupCountTable? _table;
    private readonly int _closed;

    internal GroupCounts(GroupCountTable? table, int closed)
    {
        _table = table;
        _closed = closed;
    }

    internal GroupCountState State => new() { Table = _table, Closed = _closed };

    /// <summary>The number of groups.</summary>
    public int Groups => _table?.Count ?? 0;

    /// <summary>The rows of all groups.</summary>
    public long Total => _table?.Total ?? 0;

    /// <summary>The name of group <paramref name="index"/>; a group keeps its index.</summary>
    public Text Name(int index) => _table!.Name(index);

    /// <summary>The rows of group <paramref name="index"/>.</summary>
    public long Count(int index) => _table!.CountOf(index);

    /// <summary>Whether no final result of the window has shown this group yet. In windows of several slices, which are merged anew each time, always.</summary>
    public bool IsNew(int index) => index >= _closed;
}
