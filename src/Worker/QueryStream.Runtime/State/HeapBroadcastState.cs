using QueryStream.Core.Codecs;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>A map that every subtask has alike, on the heap. In snapshots an item is (name, value).</summary>
internal sealed class HeapBroadcastState<TName, TValue>(string name, OperatorStateSet owner) : BroadcastState<TName, TValue>, IOperatorState
    where TName : notnull
{
    private readonly OrderedDictionary<TName, TValue> _entries = new(new KeyEquality<TName>());
    private readonly CodecWriter _scratch = new();

    public string Name => name;

    public override int Count => _entries.Count;

    public override IEnumerable<KeyValuePair<TName, TValue>> Entries => _entries;

    public override bool TryGet(TName name, out TValue value)
    {
        bool found = _entries.TryGetValue(name, out TValue? held);
        value = held!;
        return found;
    }

    public override void Set(TName name, TValue value)
    {
        CheckWritable();
        Put(name, value);
    }

    public override bool Remove(TName name)
    {
        CheckWritable();
        return _entries.Remove(name);
    }

    public override void Clear()
    {
        CheckWritable();
        _entries.Clear();
    }

    public void Capture(StateCapture capture) => capture.Broadcast(Name, EncodedItems.Of(_entries.Select(entry => (entry.Key, entry.Value))));

    public void Restore(StateReader state)
    {
        foreach ((TName entry, TValue value) in state.Broadcast<(TName, TValue)>(Name))
        {
            Put(entry, value);
        }
    }

    private void Put(TName entry, TValue value)
    {
        if (!_entries.ContainsKey(entry))
        {
            entry = KeptValue<TName>.Of(entry, _scratch);
        }

        _entries[entry] = KeptValue<TValue>.Of(value, _scratch);
    }

    private void CheckWritable()
    {
        if (!owner.IsWritable)
        {
            throw new InvalidOperationException(
                $"The broadcast state '{Name}' was written without a broadcast row: only ProcessBroadcast may, so that all subtasks hold the same.");
        }
    }
}
