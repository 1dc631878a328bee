using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <summary>Sessions on the heap, in arrays by session number. Nothing is linear in the number of keys or sessions.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
internal sealed class HeapSessionStore<TKey, TAccumulator> : SessionStore<TKey, TAccumulator>
    where TAccumulator : struct
{
    private readonly CaptureVersions _versions = new();
    private readonly KeyTable<TKey> _keys;
    private readonly Stack<int> _free = new();
    private readonly Stack<List<int>> _spare = new();
    private SessionList[] _ofKey = [];
    private PagedArray<SessionInfo> _sessions = new();
    private AccumulatorArray<TAccumulator> _accumulators;

    // Numbers from here on were never in use.
    private int _used;

    /// <summary>Creates an empty store.</summary>
    /// <param name="fork">See <see cref="AccumulatorArray{TAccumulator}"/>.</param>
    public HeapSessionStore(Func<TAccumulator, TAccumulator> fork)
    {
        _keys = new KeyTable<TKey>(_versions);
        _accumulators = new AccumulatorArray<TAccumulator>(_versions, fork);
    }

    public override ref readonly SessionInfo this[int session] => ref _sessions[session];

    public override ref SessionInfo ForWrite(int session) => ref _sessions.ForWrite(session, _versions);

    public override ref readonly TAccumulator AccumulatorOf(int session) => ref _accumulators[session];

    public override ref TAccumulator AccumulatorForUpdate(int session) => ref _accumulators.ForUpdate(session);

    public override PagedElements<TAccumulator> AccumulatorsForUpdate(ReadOnlySpan<int> sessions) => _accumulators.ForUpdate(sessions);

    public override void SetAccumulator(int session, in TAccumulator accumulator) => _accumulators.Set(session, accumulator);

    public override IEnumerable<(ulong Hash, TKey Key, SessionInfo Session, TAccumulator Accumulator)> Capture(StateCapture capture)
    {
        capture.Hold(_versions);
        return All(_keys.Freeze(), _sessions.Freeze(), _accumulators.Freeze(), _used);
    }

    public override ref readonly TKey KeyOf(int session) => ref _keys.KeyOf(_sessions[session].Key);

    public override ulong HashOf(int session) => _keys.HashOf(_sessions[session].Key);

    public override SessionReference ReferenceTo(int session) => new(session, _sessions[session].Version);

    public override bool IsInUse(SessionReference reference) => _sessions[reference.Session].Version == reference.Version;

    public override int FindOrAddKey(in TKey key, ulong hash)
    {
        int before = _keys.Count;
        int slot = _keys.FindOrAdd(key, hash);
        if (slot == before)
        {
            if (slot >= _ofKey.Length)
            {
                Array.Resize(ref _ofKey, _keys.Capacity);
            }

            _ofKey[slot] = default;
        }

        return slot;
    }

    public override int FindKey(in TKey key, ulong hash) => _keys.Find(key, hash);

    public override int CountOf(int key) => _ofKey[key].Count;

    public override int SessionOf(int key, int place) => _ofKey[key][place];

    public override int Add(int key, int place, EventTime start, EventTime end)
    {
        int session = _free.Count > 0 ? _free.Pop() : _used++;
        _sessions.EnsureCapacity(_used, _versions);
        _accumulators.EnsureCapacity(_used);
        ref SessionInfo info = ref ForWrite(session);
        info = new SessionInfo { Key = key, Start = start, End = end, Timer = EventTime.MaxValue, Version = info.Version, IsInUse = true };
        _ofKey[key].Insert(place, session, _spare);
        return session;
    }

    public override void Remove(int session)
    {
        int key = _sessions[session].Key;
        RemoveAt(key, _ofKey[key].Count == 1 ? 0 : FirstEndingAfter(key, _sessions[session].End.Add(-1)));
        DropIfEmpty(key);
    }

    public override void RemoveAt(int key, int place)
    {
        int session = _ofKey[key][place];
        _ofKey[key].RemoveAt(place, _spare);
        _accumulators.Set(session, default);
        ref SessionInfo info = ref ForWrite(session);
        info.Version++;
        info.IsInUse = false;
        _free.Push(session);
    }

    public override void DropIfEmpty(int key)
    {
        if (_ofKey[key].Count > 0)
        {
            return;
        }

        int moved = _keys.Remove(key);
        if (moved != key)
        {
            _ofKey[key] = _ofKey[moved];
            for (int place = 0; place < _ofKey[key].Count; place++)
            {
                ForWrite(_ofKey[key][place]).Key = key;
            }
        }

        _ofKey[moved] = default;
    }

    public override void Release()
    {
    }

    private static IEnumerable<(ulong, TKey, SessionInfo, TAccumulator)> All(
        FrozenKeys<TKey> keys, FrozenArray<SessionInfo> sessions, FrozenArray<TAccumulator> accumulators, int used)
    {
        for (int session = 0; session < used; session++)
        {
            SessionInfo info = sessions[session];
            if (info.IsInUse)
            {
                yield return (keys.HashOf(info.Key), keys.KeyOf(info.Key), info, accumulators[session]);
            }
        }
    }
}
