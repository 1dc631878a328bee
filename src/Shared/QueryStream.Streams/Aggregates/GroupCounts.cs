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

/// <summary>Counts by text, in order of first appearance. Used by one thread.</summary>
internal sealed class GroupCountTable
{
    private readonly Dictionary<Text, int> _index = [];
    private readonly List<(Text Name, long Count)> _groups = [];
    private readonly TextArena _arena = new(chunkBytes: 1024);

    public int Count => _groups.Count;

    public long Total { get; private set; }

    public long Bytes => (_groups.Count * 120L) + _arena.Bytes + 200;

    public Text Name(int index) => _groups[index].Name;

    public long CountOf(int index) => _groups[index].Count;

    public static GroupCountTable? Of((Text Name, long Count)[]? groups)
    {
        if (groups is null)
        {
            return null;
        }

        GroupCountTable table = new();
        foreach ((Text name, long count) in groups)
        {
            table.Add(name, count);
        }

        return table;
    }

    public (Text Name, long Count)[] ToArray() => [.. _groups];

    public void Add(in Text name, long count)
    {
        if (!_index.TryGetValue(name, out int index))
        {
            Text kept = _arena.Keep(name);
            index = _groups.Count;
            _index.Add(kept, index);
            _groups.Add((kept, 0));
        }

        _groups[index] = (_groups[index].Name, _groups[index].Count + count);
        Total += count;
    }

    public void Merge(GroupCountTable other)
    {
        foreach ((Text name, long count) in other._groups)
        {
            Add(name, count);
        }
    }
}
