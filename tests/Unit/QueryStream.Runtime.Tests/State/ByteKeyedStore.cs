using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.Tests.State;

/// <summary>Keyed state as bytes: state | key group | key | name in a map → expiry and value.</summary>
internal sealed class ByteKeyedStore<TKey>(int keyGroups) : KeyedStore<TKey>
{
    private readonly List<IByteState<TKey>> _states = [];
    private byte[] _selected = [];

    public SortedBytes Bytes { get; } = new();

    public override long Count => Bytes.Scan([]).Select(entry => KeyOf(entry.Key)).Distinct().Count();

    public override IEnumerable<string> Names => _states.Select(state => state.Name);

    public override IEnumerable<TKey> KeysOf(KeyGroup group) => Bytes.Scan([]).Select(entry => KeyOf(entry.Key)).Distinct()
        .Where(key => KeyGroup.Of(KeyType<TKey>.Instance.Hash(key), keyGroups) == group);

    /// <summary>Where the key group lies in an entry's key, behind the number of the state.</summary>
    public static TKey KeyOf(byte[] entry) => SortedBytes.Decode<TKey>(entry, from: 3);

    /// <summary>The selected key's place in a state.</summary>
    public byte[] At(byte state) => IsSelected ? [state, .. _selected] : throw NoKey();

    public override void Select(in TKey key, ulong hash)
    {
        base.Select(key, hash);
        int group = KeyGroup.Of(hash, keyGroups).Number;
        _selected = [(byte)(group >> 8), (byte)group, .. SortedBytes.Encode(key)];
    }

    public override void Release()
    {
        if (IsSelected)
        {
            _states.ForEach(state => state.Release());
        }

        base.Release();
    }

    public override void ClearSelected() => _states.ForEach(state => state.Clear());

    public override void Sweep(int keys) => _states.ForEach(state => state.Sweep());

    public override ValueState<T> AddValue<T>(string name, StateTtl? ttl) => Add(new ByteValueState<TKey, T>(Cells<T>(name, ttl)));

    public override ListState<T> AddList<T>(string name, StateTtl? ttl) => Add(new ByteListState<TKey, T>(Cells<T[]>(name, ttl)));

    public override MapState<TName, TValue> AddMap<TName, TValue>(string name, StateTtl? ttl) =>
        Add(new ByteMapState<TKey, TName, TValue>(Cells<(TName, TValue)>(name, ttl)));

    public override AggregatingState<TIn, TOut> AddAggregating<TIn, TAccumulator, TOut>(
        string name, StateTtl? ttl, Aggregate<TIn, TAccumulator, TOut> aggregate) =>
        Add(new ByteAggregatingState<TKey, TIn, TAccumulator, TOut>(Cells<TAccumulator>(name, ttl), aggregate));

    public override TimedRowsState<T> AddTimedRows<T>(string name) =>
        Add(new ByteTimedRowsState<TKey, T>(Cells<(EventTime, bool, T)[]>(name, null)));

    public override void Capture(StateCapture capture) => _states.ForEach(state => state.Capture(capture));

    public override async Task RestoreAsync(StateReader state)
    {
        foreach (IByteState<TKey> one in _states)
        {
            await one.RestoreAsync(state);
        }
    }

    public void Restore(in TKey key, Action restore)
    {
        Select(key, KeyType<TKey>.Instance.Hash(key));
        restore();
        Release();
    }

    private ByteCells<TKey, T> Cells<T>(string name, StateTtl? ttl) => new(this, name, (byte)_states.Count, ttl);

    private TState Add<TState>(TState state)
        where TState : IByteState<TKey>
    {
        _states.Add(state);
        return state;
    }
}

internal interface IByteState<TKey>
{
    string Name { get; }

    void Clear();

    void Sweep();

    void Capture(StateCapture capture);

    Task RestoreAsync(StateReader state);

    void Release()
    {
    }
}

/// <summary>The entries of one state, each with its expiry in milliseconds since 1970, or 0 for never.</summary>
internal sealed class ByteCells<TKey, T>(ByteKeyedStore<TKey> store, string name, byte number, StateTtl? ttl)
{
    public string Name => name;

    public ByteKeyedStore<TKey> Store => store;

    public bool TryGet(out T value) => TryGet([], out value);

    public bool TryGet(byte[] entry, out T value)
    {
        (long Expiry, T Value)? found = Live(store.Bytes.Get([.. store.At(number), .. entry]));
        value = found is { } one ? one.Value : default!;
        return found is not null;
    }

    public void Set(in T value) => Set([], value);

    public void Set(byte[] entry, in T value, long? expiry = null)
    {
        byte[] key = [.. store.At(number), .. entry];
        long begun = ttl is null ? 0 : store.Now.Add(ttl.Duration).Milliseconds;
        long expires = ttl is null ? 0
            : expiry is { } restored ? (restored > 0 ? restored : begun)
            : !ttl.RenewedByWrites && Live(store.Bytes.Get(key)) is { } old ? old.Expiry
            : begun;
        store.Bytes.Put(key, SortedBytes.Encode((expires, value)));
    }

    public bool Remove(byte[] entry)
    {
        bool isThere = TryGet(entry, out _);
        store.Bytes.Remove([.. store.At(number), .. entry]);
        return isThere;
    }

    public IEnumerable<T> Values() =>
        store.Bytes.Scan(store.At(number)).Select(entry => Live(entry.Value)).OfType<(long, T Value)>().Select(one => one.Value);

    public void Clear()
    {
        foreach (SortedBytes.Entry entry in store.Bytes.Scan(store.At(number)))
        {
            store.Bytes.Remove(entry.Key);
        }
    }

    public void Sweep()
    {
        foreach (SortedBytes.Entry entry in ttl is null ? [] : store.Bytes.Scan([number]))
        {
            if (Live(entry.Value) is null)
            {
                store.Bytes.Remove(entry.Key);
            }
        }
    }

    public IEnumerable<(ulong Hash, TKey Key, long Expiry, T Value)> All() => store.Bytes.Scan([number]).Select(entry =>
    {
        TKey key = ByteKeyedStore<TKey>.KeyOf(entry.Key);
        (long expiry, T value) = SortedBytes.Decode<(long, T)>(entry.Value);
        return (KeyType<TKey>.Instance.Hash(key), key, expiry, value);
    });

    private (long Expiry, T Value)? Live(byte[]? bytes)
    {
        if (bytes is null)
        {
            return null;
        }

        (long Expiry, T Value) cell = SortedBytes.Decode<(long, T)>(bytes);
        return cell.Expiry == 0 || cell.Expiry > store.Now.Milliseconds ? cell : null;
    }
}

internal sealed class ByteValueState<TKey, T>(ByteCells<TKey, T> cells) : ValueState<T>, IByteState<TKey>
{
    public string Name => cells.Name;

    public override bool HasValue => cells.TryGet(out _);

    public override T? Value { get => cells.TryGet(out T value) ? value : default; set => cells.Set(value!); }

    public override void Clear() => cells.Clear();

    public void Sweep() => cells.Sweep();

    public void Capture(StateCapture capture) => capture.Keyed(Name, cells.All().Select(one => (one.Hash, (one.Key, one.Expiry, one.Value))));

    public Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, long Expiry, T Value)>(
        Name, item => cells.Store.Restore(item.Key, () => cells.Set([], item.Value, item.Expiry)));
}

internal sealed class ByteListState<TKey, T>(ByteCells<TKey, T[]> cells) : ListState<T>, IByteState<TKey>
{
    public string Name => cells.Name;

    public override int Count => Values.Length;

    public override ReadOnlySpan<T> Values => cells.TryGet(out T[] values) ? values : [];

    public override void Add(in T value) => cells.Set([.. Values, value]);

    public override void Replace(ReadOnlySpan<T> values)
    {
        if (values.IsEmpty)
        {
            cells.Clear();
        }
        else
        {
            cells.Set(values.ToArray());
        }
    }

    public override void Clear() => cells.Clear();

    public void Sweep() => cells.Sweep();

    public void Capture(StateCapture capture) => capture.Keyed(Name, cells.All().Select(one => (one.Hash, (one.Key, one.Expiry, one.Value))));

    public Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, long Expiry, T[] Values)>(
        Name, item => cells.Store.Restore(item.Key, () => cells.Set([], item.Values, item.Expiry)));
}

internal sealed class ByteMapState<TKey, TName, TValue>(ByteCells<TKey, (TName Name, TValue Value)> cells) : MapState<TName, TValue>, IByteState<TKey>
    where TName : notnull
{
    public string Name => cells.Name;

    public override int Count => cells.Values().Count();

    public override IEnumerable<KeyValuePair<TName, TValue>> Entries => cells.Values().Select(one => KeyValuePair.Create(one.Name, one.Value));

    public override bool TryGet(TName name, out TValue value)
    {
        bool found = cells.TryGet(SortedBytes.Encode(name), out (TName, TValue Value) one);
        value = one.Value;
        return found;
    }

    public override void Set(TName name, TValue value) => cells.Set(SortedBytes.Encode(name), (name, value));

    public override bool Remove(TName name) => cells.Remove(SortedBytes.Encode(name));

    public override void Clear() => cells.Clear();

    public void Sweep() => cells.Sweep();

    public void Capture(StateCapture capture) =>
        capture.Keyed(Name, cells.All().Select(one => (one.Hash, (one.Key, one.Expiry, one.Value.Name, one.Value.Value))));

    public Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, long Expiry, TName Name, TValue Value)>(
        Name, item => cells.Store.Restore(item.Key, () => cells.Set(SortedBytes.Encode(item.Name), (item.Name, item.Value), item.Expiry)));
}

internal sealed class ByteAggregatingState<TKey, TIn, TAccumulator, TOut>(
    ByteCells<TKey, TAccumulator> cells, Aggregate<TIn, TAccumulator, TOut> aggregate) : AggregatingState<TIn, TOut>, IByteState<TKey>
    where TAccumulator : struct
{
    public string Name => cells.Name;

    public override bool HasValue => cells.TryGet(out _);

    public override TOut Result
    {
        get
        {
            cells.TryGet(out TAccumulator accumulator);
            return aggregate.Result(ref accumulator, isFinal: false);
        }
    }

    public override void Add(in TIn row)
    {
        cells.TryGet(out TAccumulator accumulator);
        aggregate.Add(ref accumulator, row);
        cells.Set(accumulator);
    }

    public override void Clear() => cells.Clear();

    public void Sweep() => cells.Sweep();

    public void Capture(StateCapture capture) => capture.Keyed(Name, cells.All().Select(one => (one.Hash, (one.Key, one.Expiry, one.Value))));

    public Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, long Expiry, TAccumulator Accumulator)>(
        Name, item => cells.Store.Restore(item.Key, () => cells.Set([], item.Accumulator, item.Expiry)));
}

/// <summary>All rows of a key and side are one entry, which is decoded while the key is selected.</summary>
internal sealed class ByteTimedRowsState<TKey, T>(ByteCells<TKey, (EventTime Time, bool Mark, T Row)[]> cells) : TimedRowsState<T>, IByteState<TKey>
{
    private TimedRows<T>? _rows;

    public string Name => cells.Name;

    public override TimedRows<T>? Find() => Load().Count > 0 ? _rows : null;

    public override TimedRows<T> ForWrite() => Load();

    public override void DropFirst(TimedRows<T> rows, int count) => rows.DropFirst(count);

    public void Clear()
    {
        cells.Clear();
        _rows = null;
    }

    public void Sweep()
    {
    }

    public void Release()
    {
        if (_rows is { Count: 0 })
        {
            cells.Clear();
        }
        else if (_rows is { } rows)
        {
            cells.Set([.. Enumerable.Range(0, rows.Count).Select(i => (rows.TimeAt(i), rows.IsMarked(i), rows.RowAt(i)))]);
        }

        _rows = null;
    }

    public void Capture(StateCapture capture) => capture.Keyed(
        Name, cells.All().SelectMany(one => one.Value.Select(row => (one.Hash, (one.Key, row.Time, row.Mark, row.Row)))));

    public Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, EventTime Time, bool Mark, T Row)>(
        Name, item => cells.Store.Restore(item.Key, () => Load().Add(Kept(item.Row), item.Time, item.Mark)));

    private TimedRows<T> Load()
    {
        if (_rows is null)
        {
            _rows = new TimedRows<T>();
            foreach ((EventTime time, bool mark, T row) in cells.TryGet(out (EventTime, bool, T)[] rows) ? rows : [])
            {
                _rows.Add(row, time, mark);
            }
        }

        return _rows;
    }
}

/// <summary>Timers as bytes: time | hash of the key | key.</summary>
internal sealed class ByteTimerQueue<TKey>(string name) : TimerQueue<TKey>
{
    private readonly SortedBytes _bytes = new();

    public override EventTime? Next => _bytes.Scan([]).Select(entry => (EventTime?)Timer(entry).Time).FirstOrDefault();

    public override void Set(in TKey key, ulong hash, EventTime time) => _bytes.Put(At(key, hash, time), SortedBytes.Encode((key, time)));

    public override void Delete(in TKey key, ulong hash, EventTime time) => _bytes.Remove(At(key, hash, time));

    public override bool TryTake(EventTime until, out TKey key, out ulong hash, out EventTime time)
    {
        SortedBytes.Entry first = _bytes.Scan([]).FirstOrDefault();
        (key, time) = first.Key is null ? default : Timer(first);
        hash = 0;
        if (first.Key is null || time > until)
        {
            return false;
        }

        hash = KeyType<TKey>.Instance.Hash(key);
        _bytes.Remove(first.Key);
        return true;
    }

    public override void Capture(StateCapture capture) => capture.Keyed(
        name, _bytes.Scan([]).Select(entry => (KeyType<TKey>.Instance.Hash(Timer(entry).Key), Timer(entry))));

    public override Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, EventTime Time)>(
        name, timer => Set(timer.Key, KeyType<TKey>.Instance.Hash(timer.Key), timer.Time));

    private static (TKey Key, EventTime Time) Timer(SortedBytes.Entry entry) => SortedBytes.Decode<(TKey, EventTime)>(entry.Value);

    private static byte[] At(in TKey key, ulong hash, EventTime time) =>
        [.. SortedBytes.Sorted(time.Milliseconds), .. SortedBytes.Sorted((long)hash ^ long.MinValue), .. SortedBytes.Encode(key)];
}
