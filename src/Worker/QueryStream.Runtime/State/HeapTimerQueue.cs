using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;

[assembly: KeyTypeOf(typeof(Timer<>), typeof(TimerType<>))]

namespace QueryStream.Runtime.State;

/// <summary>
/// Timers on the heap: a table of the timers, and a binary heap ordered by (time, hash of the key). A deleted timer stays in the binary heap until it
/// is due, and is then skipped.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
internal sealed class HeapTimerQueue<TKey> : TimerQueue<TKey>
{
    private const int SmallestRebuilt = 64;

    private readonly CaptureVersions _versions = new();
    private readonly PriorityQueue<TKey, TimerOrder> _heap = new();
    private readonly KeyTable<Timer<TKey>> _timers;
    private readonly string _name;

    /// <summary>Creates an empty queue.</summary>
    /// <param name="name">The name of the state.</param>
    public HeapTimerQueue(string name) => (_name, _timers) = (name, new KeyTable<Timer<TKey>>(_versions));

    public override EventTime? Next => TryPeek(out Timer<TKey> timer, out _, out _) ? timer.Time : null;

    public override void Set(in TKey key, ulong hash, EventTime time)
    {
        Timer<TKey> timer = new(key, time);
        int before = _timers.Count;
        int slot = _timers.FindOrAdd(timer, timer.HashWith(hash));
        if (slot == before)
        {
            _heap.Enqueue(_timers.KeyOf(slot).Key, new TimerOrder(time, hash));
        }
    }

    public override void Delete(in TKey key, ulong hash, EventTime time)
    {
        Timer<TKey> timer = new(key, time);
        int slot = _timers.Find(timer, timer.HashWith(hash));
        if (slot < 0)
        {
            return;
        }

        _timers.Remove(slot);

        // Deleted timers are removed once most entries are deleted, so that timers that are often moved do not fill the binary heap.
        if (_heap.Count > SmallestRebuilt && _heap.Count > 4 * _timers.Count)
        {
            Rebuild();
        }
    }

    public override bool TryTake(EventTime until, out TKey key, out ulong hash, out EventTime time)
    {
        if (!TryPeek(out Timer<TKey> timer, out hash, out int slot) || timer.Time > until)
        {
            (key, hash, time) = (default!, 0, default);
            return false;
        }

        _heap.Dequeue();
        _timers.Remove(slot);
        (key, time) = (timer.Key, timer.Time);
        return true;
    }

    public override void Capture(StateCapture capture)
    {
        capture.Hold(_versions);
        capture.Keyed(_name, Items(_timers.Freeze()));
    }

    public override Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, EventTime Time)>(
        _name, timer => Set(timer.Key, KeyType<TKey>.Instance.Hash(timer.Key), timer.Time));

    private static IEnumerable<(ulong, (TKey, EventTime))> Items(FrozenKeys<Timer<TKey>> timers)
    {
        for (int slot = 0; slot < timers.Count; slot++)
        {
            Timer<TKey> timer = timers.KeyOf(slot);
            yield return (timers.HashOf(slot), (timer.Key, timer.Time));
        }
    }

    // The next timer that was not deleted.
    private bool TryPeek(out Timer<TKey> timer, out ulong keyHash, out int slot)
    {
        while (_heap.TryPeek(out TKey? key, out TimerOrder order))
        {
            timer = new Timer<TKey>(key, order.Time);
            slot = _timers.Find(timer, timer.HashWith(order.KeyHash));
            if (slot >= 0)
            {
                keyHash = order.KeyHash;
                return true;
            }

            _heap.Dequeue();
        }

        (timer, keyHash, slot) = (default, 0, -1);
        return false;
    }

    private void Rebuild()
    {
        _heap.Clear();
        for (int slot = 0; slot < _timers.Count; slot++)
        {
            Timer<TKey> timer = _timers.KeyOf(slot);
            _heap.Enqueue(timer.Key, new TimerOrder(timer.Time, KeyType<TKey>.Instance.Hash(timer.Key)));
        }
    }
}

/// <summary>The order in which timers are due. Compared by hand, which is measurably faster than a tuple.</summary>
/// <param name="Time">When the timer is due.</param>
/// <param name="KeyHash">The hash of its key.</param>
internal readonly record struct TimerOrder(EventTime Time, ulong KeyHash) : IComparable<TimerOrder>
{
    public int CompareTo(TimerOrder other)
    {
        long time = Time.Milliseconds;
        long otherTime = other.Time.Milliseconds;
        return time != otherTime ? (time < otherTime ? -1 : 1) : KeyHash.CompareTo(other.KeyHash);
    }
}

/// <summary>
/// A timer of a key. All timers of a key are in its key group, which the high half of the hash decides; the low half tells them apart.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Time">When it is due.</param>
internal readonly record struct Timer<TKey>(TKey Key, EventTime Time)
{
    private const ulong HighHalf = 0xFFFF_FFFF_0000_0000;

    /// <summary>The timer's hash, from that of its key.</summary>
    public ulong HashWith(ulong keyHash) => (keyHash & HighHalf) | (StableHash.Combine(keyHash, (ulong)Time.Milliseconds) & ~HighHalf);
}

/// <summary>Timers as keys of a table.</summary>
/// <typeparam name="TKey">The key.</typeparam>
internal sealed class TimerType<TKey> : KeyType<Timer<TKey>>
{
    private static readonly KeyType<TKey> Inner = KeyType<TKey>.Instance;

    public override ulong Hash(in Timer<TKey> key) => key.HashWith(Inner.Hash(key.Key));

    public override bool AreEqual(in Timer<TKey> a, in Timer<TKey> b) => a.Time == b.Time && Inner.AreEqual(a.Key, b.Key);

    public override Timer<TKey> Keep(in Timer<TKey> key, TextArena arena) => key with { Key = Inner.Keep(key.Key, arena) };

    public override int PayloadBytes(in Timer<TKey> key) => Inner.PayloadBytes(key.Key);
}
