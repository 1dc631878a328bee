using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <summary>
/// The sessions of all keys: a key has a slot while it has sessions, and a session a number, under which its accumulator lies in an array. Nothing is
/// linear in the number of keys or sessions. Used in turns of one task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
internal sealed class SessionTable<TKey, TAccumulator>
    where TAccumulator : struct
{
    private readonly CaptureVersions _versions = new();
    private readonly KeyTable<TKey> _keys;
    private readonly Stack<int> _free = new();
    private readonly Stack<List<int>> _spare = new();
    private SessionList[] _ofKey = [];
    private PagedArray<SessionInfo> _sessions = new();
    private AccumulatorArray<TAccumulator> _accumulators;

    // The numbers that were ever in use are those below it.
    private int _used;

    /// <summary>Creates an empty table.</summary>
    /// <param name="fork">See <see cref="AccumulatorArray{TAccumulator}"/>.</param>
    public SessionTable(Func<TAccumulator, TAccumulator> fork)
    {
        _keys = new KeyTable<TKey>(_versions);
        _accumulators = new AccumulatorArray<TAccumulator>(_versions, fork);
    }

    /// <summary>The accumulators by session.</summary>
    public ref AccumulatorArray<TAccumulator> Accumulators => ref _accumulators;

    /// <summary>A session, to be read.</summary>
    public ref readonly SessionInfo this[int session] => ref _sessions[session];

    /// <summary>A session, to be changed.</summary>
    public ref SessionInfo ForWrite(int session) => ref _sessions.ForWrite(session, _versions);

    /// <summary>The sessions of this moment, each with the hash of its key.</summary>
    public IEnumerable<(ulong Hash, TKey Key, SessionInfo Session, TAccumulator Accumulator)> Capture(StateCapture capture)
    {
        capture.Hold(_versions);
        return All(_keys.Freeze(), _sessions.Freeze(), _accumulators.Freeze(), _used);
    }

    /// <summary>The key of a session.</summary>
    public ref readonly TKey KeyOf(int session) => ref _keys.KeyOf(_sessions[session].Key);

    /// <summary>The hash of the key of a session.</summary>
    public ulong HashOf(int session) => _keys.HashOf(_sessions[session].Key);

    /// <summary>A reference to a session.</summary>
    public SessionReference ReferenceTo(int session) => new(session, _sessions[session].Version);

    /// <summary>Whether the session that was referred to is still there.</summary>
    public bool IsThere(SessionReference reference) => _sessions[reference.Session].Version == reference.Version;

    /// <summary>The slot of a key, which gets one where it has none; sessions must then be added before anything else.</summary>
    public int FindOrAddKey(in TKey key, ulong hash)
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

    /// <summary>The number of sessions of a key.</summary>
    public int CountOf(int key) => _ofKey[key].Count;

    /// <summary>A session of a key by its place in the order of time.</summary>
    public int SessionOf(int key, int place) => _ofKey[key][place];

    /// <summary>The place of the first session of a key that ends after a time. Looks at the newest first.</summary>
    public int FirstEndingAfter(int key, EventTime time)
    {
        ref SessionList sessions = ref _ofKey[key];
        int high = sessions.Count;
        if (high == 0 || _sessions[sessions[high - 1]].End <= time)
        {
            return high;
        }

        int low = -1;
        while (high - low > 1)
        {
            int middle = (low + high) >>> 1;
            if (_sessions[sessions[middle]].End <= time)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }

    /// <summary>Makes a session of a key at a place in the order of time, with an empty accumulator.</summary>
    public int Add(int key, int place, EventTime start, EventTime end)
    {
        int session = _free.Count > 0 ? _free.Pop() : _used++;
        _sessions.EnsureCapacity(_used, _versions);
        _accumulators.EnsureCapacity(_used);
        ref SessionInfo info = ref ForWrite(session);
        info = new SessionInfo { Key = key, Start = start, End = end, Alarm = EventTime.MaxValue, Version = info.Version, IsThere = true };
        _ofKey[key].Insert(place, session, _spare);
        return session;
    }

    /// <summary>Removes a session, and its key where that was the last.</summary>
    public void Remove(int session)
    {
        int key = _sessions[session].Key;
        RemoveAt(key, FirstEndingAfter(key, _sessions[session].End.Add(-1)));
        DropIfEmpty(key);
    }

    /// <summary>Removes the session at a place in the order of time; its key stays.</summary>
    public void RemoveAt(int key, int place)
    {
        int session = _ofKey[key][place];
        _ofKey[key].RemoveAt(place, _spare);
        _accumulators.Set(session, default);
        ref SessionInfo info = ref ForWrite(session);
        info.Version++;
        info.IsThere = false;
        _free.Push(session);
    }

    /// <summary>Forgets a key that has no sessions.</summary>
    public void DropIfEmpty(int key)
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

    private static IEnumerable<(ulong, TKey, SessionInfo, TAccumulator)> All(
        FrozenKeys<TKey> keys, FrozenArray<SessionInfo> sessions, FrozenArray<TAccumulator> accumulators, int used)
    {
        for (int session = 0; session < used; session++)
        {
            SessionInfo info = sessions[session];
            if (info.IsThere)
            {
                yield return (keys.HashOf(info.Key), keys.KeyOf(info.Key), info, accumulators[session]);
            }
        }
    }
}
