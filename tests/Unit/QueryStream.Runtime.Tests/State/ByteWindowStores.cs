using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators.Windows.Aligned;
using QueryStream.Runtime.Operators.Windows.Counts;
using QueryStream.Runtime.Operators.Windows.Sessions;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.State;

/// <summary>Slices as bytes: end | key → key, whether it has changed, accumulator. Tables hold what is being worked on.</summary>
internal sealed class ByteSliceStore<TKey, TAccumulator>(AlignedWindows[] windows, Func<TAccumulator, TAccumulator> fork)
    : SliceStore<TKey, TAccumulator>(windows, fork)
    where TAccumulator : struct
{
    private readonly SortedBytes _bytes = new();

    // Slices whose tables are not empty.
    private readonly HashSet<Slice<TKey, TAccumulator>> _loaded = [];

    public override IEnumerable<(ulong Hash, (TKey Key, EventTime End, bool HasChanged, TAccumulator Accumulator) Item)> Capture(
        StateCapture capture)
    {
        Write();
        return _bytes.Scan([]).Select(static entry =>
        {
            (TKey Key, EventTime, bool, TAccumulator) item = SortedBytes.Decode<(TKey, EventTime, bool, TAccumulator)>(entry.Value);
            return (KeyType<TKey>.Instance.Hash(item.Key), item);
        });
    }

    public override bool Load(SliceTable<TKey, TAccumulator> table, int group)
    {
        _loaded.Add(table.Slice);
        if (_bytes.Get(At(table.End, table.Keys.KeyOf(group))) is not { } bytes)
        {
            return false;
        }

        table.Accumulators.Set(group, SortedBytes.Decode<(TKey, EventTime, bool, TAccumulator Accumulator)>(bytes).Accumulator);
        return true;
    }

    public override TAccumulator? Peek(Slice<TKey, TAccumulator> slice, in TKey key, ulong hash)
    {
        Write();
        return _bytes.Get(At(slice.End, key)) is { } bytes
            ? SortedBytes.Decode<(TKey, EventTime, bool, TAccumulator Accumulator)>(bytes).Accumulator
            : null;
    }

    public override void LoadAll(Slice<TKey, TAccumulator> slice)
    {
        foreach (SortedBytes.Entry entry in _bytes.Scan(SortedBytes.Sorted(slice.End.Milliseconds)))
        {
            TKey key = SortedBytes.Decode<TKey>(entry.Value);
            slice.Table.FindOrAdd(key, KeyType<TKey>.Instance.Hash(key));
        }
    }

    public override void Release()
    {
        Write();
        foreach (Slice<TKey, TAccumulator> slice in _loaded.Where(slice => slice.Changed.Count + slice.Late.Count == 0))
        {
            slice.Table.Clear();
            _loaded.Remove(slice);
        }
    }

    protected override void OnRemoved(Slice<TKey, TAccumulator> slice)
    {
        _loaded.Remove(slice);
        foreach (SortedBytes.Entry entry in _bytes.Scan(SortedBytes.Sorted(slice.End.Milliseconds)))
        {
            _bytes.Remove(entry.Key);
        }
    }

    private static byte[] At(EventTime end, in TKey key) => [.. SortedBytes.Sorted(end.Milliseconds), .. SortedBytes.Encode(key)];

    private void Write()
    {
        foreach (SliceTable<TKey, TAccumulator> table in _loaded.Select(slice => slice.Table))
        {
            for (int group = 0; group < table.Keys.Count; group++)
            {
                _bytes.Put(At(table.End, table.Keys.KeyOf(group)), SortedBytes.Encode(table.ItemOf(group).Item));
            }
        }
    }
}

/// <summary>
/// Sessions as bytes: 0 | key → numbers of its sessions in the order of time; 1 | number → key, session and accumulator. What is used in a batch is
/// decoded once and written back at its end.
/// </summary>
internal sealed class ByteSessionStore<TKey, TAccumulator> : SessionStore<TKey, TAccumulator>
    where TAccumulator : struct
{
    private readonly SortedBytes _bytes = new();
    private readonly Dictionary<string, int> _slots = [];
    private readonly List<(TKey Key, List<int> Sessions)> _keys = [];

    // The place of a session that was used in this batch, in the pages below.
    private readonly Dictionary<int, int> _places = [];
    private readonly TKey[][] _keyPages = NewPages<TKey>();
    private readonly SessionInfo[][] _infoPages = NewPages<SessionInfo>();
    private readonly TAccumulator[][] _accumulatorPages = NewPages<TAccumulator>();
    private int _used;
    private int _next;

    public override ref readonly SessionInfo this[int session] => ref ForWrite(session);

    public override ref SessionInfo ForWrite(int session) => ref PagedArray<SessionInfo>.At(_infoPages, PlaceOf(session));

    public override ref readonly TAccumulator AccumulatorOf(int session) => ref AccumulatorForUpdate(session);

    public override ref TAccumulator AccumulatorForUpdate(int session) => ref PagedArray<TAccumulator>.At(_accumulatorPages, PlaceOf(session));

    public override PagedElements<TAccumulator> AccumulatorsForUpdate(ReadOnlySpan<int> sessions)
    {
        int[] places = new int[sessions.Length];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = PlaceOf(sessions[i]);
        }

        return new PagedElements<TAccumulator>(_accumulatorPages, places);
    }

    public override void SetAccumulator(int session, in TAccumulator accumulator) => AccumulatorForUpdate(session) = accumulator;

    public override ref readonly TKey KeyOf(int session) => ref PagedArray<TKey>.At(_keyPages, PlaceOf(session));

    public override ulong HashOf(int session) => KeyType<TKey>.Instance.Hash(KeyOf(session));

    // Numbers are never used again.
    public override SessionReference ReferenceTo(int session) => new(session, 0);

    public override bool IsInUse(SessionReference reference) =>
        _places.ContainsKey(reference.Session) || _bytes.Get(At(reference.Session)) is not null;

    public override int FindOrAddKey(in TKey key, ulong hash)
    {
        byte[] at = At(key);
        string text = Convert.ToHexString(at);
        if (!_slots.TryGetValue(text, out int slot))
        {
            slot = _keys.Count;
            _slots.Add(text, slot);
            _keys.Add((key, _bytes.Get(at) is { } sessions ? [.. SortedBytes.Decode<int[]>(sessions)] : []));
        }

        return slot;
    }

    public override int FindKey(in TKey key, ulong hash) =>
        _slots.ContainsKey(Convert.ToHexString(At(key))) || _bytes.Get(At(key)) is not null ? FindOrAddKey(key, hash) : -1;

    public override int CountOf(int key) => _keys[key].Sessions.Count;

    public override int SessionOf(int key, int place) => _keys[key].Sessions[place];

    public override int Add(int key, int place, EventTime start, EventTime end)
    {
        int session = _next++;
        _keys[key].Sessions.Insert(place, session);
        Place(session, _keys[key].Key, new SessionInfo { Start = start, End = end, Timer = EventTime.MaxValue, IsInUse = true }, default);
        return session;
    }

    public override void Remove(int session)
    {
        TKey key = KeyOf(session);
        int slot = FindOrAddKey(key, KeyType<TKey>.Instance.Hash(key));
        RemoveAt(slot, _keys[slot].Sessions.IndexOf(session));
    }

    public override void RemoveAt(int key, int place)
    {
        int session = _keys[key].Sessions[place];
        _keys[key].Sessions.RemoveAt(place);
        _places.Remove(session);
        _bytes.Remove(At(session));
    }

    // An empty key is not written.
    public override void DropIfEmpty(int key)
    {
    }

    public override void Release()
    {
        foreach ((int session, int place) in _places)
        {
            SessionInfo info = PagedArray<SessionInfo>.At(_infoPages, place);
            _bytes.Put(At(session), SortedBytes.Encode((
                PagedArray<TKey>.At(_keyPages, place),
                new Window(info.Start, info.End),
                info.Timer,
                (info.HasFired ? 1 : 0) | (info.HasChanged ? 2 : 0) | (info.IsLate ? 4 : 0),
                PagedArray<TAccumulator>.At(_accumulatorPages, place))));
        }

        foreach ((TKey key, List<int> sessions) in _keys)
        {
            if (sessions.Count == 0)
            {
                _bytes.Remove(At(key));
            }
            else
            {
                _bytes.Put(At(key), SortedBytes.Encode(sessions.ToArray()));
            }
        }

        _places.Clear();
        _slots.Clear();
        _keys.Clear();
        _used = 0;
    }

    public override IEnumerable<(ulong Hash, TKey Key, SessionInfo Session, TAccumulator Accumulator)> Capture(StateCapture capture)
    {
        Release();
        return _bytes.Scan([1]).Select(static entry =>
        {
            (TKey key, SessionInfo info, TAccumulator accumulator) = Decode(entry.Value);
            return (KeyType<TKey>.Instance.Hash(key), key, info, accumulator);
        });
    }

    private static byte[] At(in TKey key) => [0, .. SortedBytes.Encode(key)];

    private static byte[] At(int session) => [1, .. SortedBytes.Sorted(session)];

    private static (TKey Key, SessionInfo Info, TAccumulator Accumulator) Decode(byte[] bytes)
    {
        (TKey key, Window window, EventTime timer, int flags, TAccumulator accumulator) =
            SortedBytes.Decode<(TKey, Window, EventTime, int, TAccumulator)>(bytes);
        SessionInfo info = new()
        {
            Start = window.Start,
            End = window.End,
            Timer = timer,
            HasFired = (flags & 1) != 0,
            HasChanged = (flags & 2) != 0,
            IsLate = (flags & 4) != 0,
            IsInUse = true,
        };
        return (key, info, accumulator);
    }

    // More than a batch and its sessions ever use: references stay valid while others are decoded.
    private static T[][] NewPages<T>() => new T[1024][];

    private int PlaceOf(int session)
    {
        if (!_places.TryGetValue(session, out int place))
        {
            (TKey key, SessionInfo info, TAccumulator accumulator) = Decode(_bytes.Get(At(session))!);
            place = Place(session, key, info, accumulator);
        }

        return place;
    }

    private int Place(int session, in TKey key, in SessionInfo info, in TAccumulator accumulator)
    {
        int place = _used++;
        int page = place / PagedArray<TKey>.PageSize;
        _keyPages[page] ??= new TKey[PagedArray<TKey>.PageSize];
        _infoPages[page] ??= new SessionInfo[PagedArray<TKey>.PageSize];
        _accumulatorPages[page] ??= new TAccumulator[PagedArray<TKey>.PageSize];
        PagedArray<TKey>.At(_keyPages, place) = key;
        PagedArray<SessionInfo>.At(_infoPages, place) = info;
        PagedArray<TAccumulator>.At(_accumulatorPages, place) = accumulator;
        _places.Add(session, place);
        return place;
    }
}

/// <summary>
/// Global windows as bytes: key → key, window and accumulator. What is used in a batch is decoded once and written back at its end.
/// </summary>
internal sealed class ByteCountWindowStore<TKey, TAccumulator> : CountWindowStore<TKey, TAccumulator>
    where TAccumulator : struct
{
    private readonly SortedBytes _bytes = new();

    // The slots of this batch by the bytes of their keys, and what is in them.
    private readonly SortedDictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly List<TKey> _keys = [];
    private readonly CountInfo[][] _windows = NewPages<CountInfo>();
    private readonly TAccumulator[][] _accumulators = NewPages<TAccumulator>();

    public override bool IsEmpty => _slots.Count == 0 && !_bytes.Scan([]).Any();

    public override int Any() => _slots.Count > 0 ? _slots.Values.First() : Load(_bytes.Scan([]).First().Value);

    public override int Find(in TKey key, ulong hash) =>
        _slots.TryGetValue(Text(key), out int slot) ? slot
        : _bytes.Get(SortedBytes.Encode(key)) is { } bytes ? Load(bytes)
        : -1;

    public override int FindOrAdd(in TKey key, ulong hash)
    {
        int slot = Find(key, hash);
        return slot >= 0 ? slot : Place(key, CountInfo.Empty, default);
    }

    public override void FindOrAdd<T>(ReadOnlySpan<T> rows, Func<T, TKey> keyOf, Span<int> slots)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            TKey key = keyOf(rows[i]);
            slots[i] = FindOrAdd(key, KeyType<TKey>.Instance.HashOfRow(key));
        }
    }

    public override ref readonly TKey KeyOf(int slot) => ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_keys)[slot];

    public override ref CountInfo ForWrite(int slot) => ref PagedArray<CountInfo>.At(_windows, slot);

    public override PagedElements<CountInfo> ForWrite(ReadOnlySpan<int> slots) => new(_windows, slots);

    public override ref readonly TAccumulator AccumulatorOf(int slot) => ref AccumulatorForUpdate(slot);

    public override ref TAccumulator AccumulatorForUpdate(int slot) => ref PagedArray<TAccumulator>.At(_accumulators, slot);

    public override PagedElements<TAccumulator> AccumulatorsForUpdate(ReadOnlySpan<int> slots) => new(_accumulators, slots);

    public override void SetAccumulator(int slot, in TAccumulator accumulator) => AccumulatorForUpdate(slot) = accumulator;

    public override void RemoveEmpty(List<int> slots)
    {
        foreach (int slot in slots.Where(slot => ForWrite(slot).IsEmpty))
        {
            _slots.Remove(Text(_keys[slot]));
            _bytes.Remove(SortedBytes.Encode(_keys[slot]));
        }
    }

    public override void Release()
    {
        foreach (int slot in _slots.Values)
        {
            CountInfo window = ForWrite(slot);
            _bytes.Put(
                SortedBytes.Encode(_keys[slot]),
                SortedBytes.Encode((_keys[slot], window.Rows, new Window(window.First, window.Last), AccumulatorOf(slot))));
        }

        _slots.Clear();
        _keys.Clear();
    }

    public override IEnumerable<(ulong Hash, TKey Key, CountInfo Window, TAccumulator Accumulator)> Capture(StateCapture capture)
    {
        Release();
        return _bytes.Scan([]).Select(static entry =>
        {
            (TKey key, long rows, Window window, TAccumulator accumulator) =
                SortedBytes.Decode<(TKey, long, Window, TAccumulator)>(entry.Value);
            return (KeyType<TKey>.Instance.Hash(key), key, new CountInfo { Rows = rows, First = window.Start, Last = window.End }, accumulator);
        });
    }

    private static string Text(in TKey key) => Convert.ToHexString(SortedBytes.Encode(key));

    private static T[][] NewPages<T>() => new T[1024][];

    private int Load(byte[] bytes)
    {
        (TKey key, long rows, Window window, TAccumulator accumulator) = SortedBytes.Decode<(TKey, long, Window, TAccumulator)>(bytes);
        return Place(key, new CountInfo { Rows = rows, First = window.Start, Last = window.End }, accumulator);
    }

    private int Place(in TKey key, in CountInfo window, in TAccumulator accumulator)
    {
        int slot = _keys.Count;
        int page = slot / PagedArray<TKey>.PageSize;
        _windows[page] ??= new CountInfo[PagedArray<TKey>.PageSize];
        _accumulators[page] ??= new TAccumulator[PagedArray<TKey>.PageSize];
        _keys.Add(key);
        ForWrite(slot) = window;
        AccumulatorForUpdate(slot) = accumulator;
        _slots[Text(key)] = slot;
        return slot;
    }
}
