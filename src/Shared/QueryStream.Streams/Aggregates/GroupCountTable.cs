using QueryStream.Core.Texts;

namespace QueryStream.Streams.Aggregates;

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
