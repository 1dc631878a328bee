using QueryStream.Core.Codecs;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>A map that is the same in every subtask, on the heap. In snapshots an item is (name, value).</summary>
internal sealed class HeapBroadcastState<TName, TValue>(string name, OperatorStates owner) : BroadcastState<TName, TValue>, IOperatorState
    where TName : notnull
{
    private static readonly KeyEquality<TName> Equality = new();

    private readonly CodecWriter _scratch = new();
    private readonly CaptureVersions _versions = new();
    private OrderedDictionary<TName, TValue> _entries = new(Equality);

    // The version in which the entries were last copied.
    private long _version;

    public string Name => name;

    public override int Count => _entries.Count;

    public override IEnumerable<KeyValuePair<TName, TValue>> Entries => Readable;

    public override bool TryGet(TName name, out TValue value)
    {
        bool found = Readable.TryGetValue(name, out TValue? held);
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
        return Changeable().Remove(name);
    }

    public override void Clear()
    {
        CheckWritable();
        (_entries, _version) = (new OrderedDictionary<TName, TValue>(Equality), _versions.Current);
    }

    public void Capture(StateCapture capture)
    {
        capture.Hold(_versions);
        capture.Broadcast(Name, _entries.Select(static entry => (entry.Key, entry.Value)));
    }

    public Task RestoreAsync(StateReader state) => state.BroadcastAsync<(TName Name, TValue Value)>(Name, entry => Put(entry.Name, entry.Value));

    // The function may change the objects that it reads.
    private OrderedDictionary<TName, TValue> Readable => MutableObjects<TValue>.Possible ? Changeable() : _entries;

    private void Put(TName entry, TValue value)
    {
        OrderedDictionary<TName, TValue> entries = Changeable();
        TValue kept = KeptValue<TValue>.Of(value, _scratch);
        int index = entries.IndexOf(entry);
        if (index >= 0)
        {
            entries.SetAt(index, kept);
        }
        else
        {
            entries.Add(KeptValue<TName>.Of(entry, _scratch), kept);
        }
    }

    // The entries; copied first if a capture in flight holds them.
    private OrderedDictionary<TName, TValue> Changeable()
    {
        if (_version < _versions.Newest)
        {
            _versions.CountCopy();
            _entries = new OrderedDictionary<TName, TValue>(
                _entries.Select(entry => KeyValuePair.Create(entry.Key, MutableObjects<TValue>.Copy(entry.Value, _scratch))), Equality);
            _version = _versions.Current;
        }

        return _entries;
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
