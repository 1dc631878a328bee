using System.Globalization;
using QueryStream.Core.Texts;

namespace QueryStream.Streams.Aggregates;

/// <summary>The counts of a window's rows by group. A view of the engine's state: valid only while the result is processed.</summary>
public readonly struct GroupCounts
{
    private const int MaxPrinted = 10;

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

    /// <summary>The number of rows of all groups.</summary>
    public long Total => _table?.Total ?? 0;

    /// <summary>The name of a group. A group keeps its index.</summary>
    public Text Name(int index) => _table!.Name(index);

    /// <summary>The number of rows of a group.</summary>
    public long Count(int index) => _table!.CountOf(index);

    /// <summary>
    /// Whether no earlier final result of the window contains this group. Always true for windows of several slices, whose results are merged from
    /// the slices each time.
    /// </summary>
    public bool IsNew(int index) => index >= _closed;

    /// <summary>The first groups with their counts, for logs and printed rows: <c>3 groups: a 7, b 2, c 1</c>.</summary>
    public override string ToString()
    {
        GroupCounts counts = this;
        IEnumerable<string> shown = Enumerable.Range(0, Math.Min(Groups, MaxPrinted)).Select(
            index => string.Create(CultureInfo.InvariantCulture, $"{counts.Name(index)} {counts.Count(index)}"));
        return string.Create(CultureInfo.InvariantCulture, $"{Groups} groups: {string.Join(", ", shown)}{(Groups > MaxPrinted ? ", …" : "")}");
    }
}
