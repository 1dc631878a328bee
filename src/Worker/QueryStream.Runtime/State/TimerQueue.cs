using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.State;

/// <summary>
/// The timers of one operator of one subtask in one time: a binary heap by (time, hash of the key), so that the order does not depend on the order in
/// which they were set, and a set of those that count. A timer that is taken back stays in the heap until it is due, and is then passed over.
/// In snapshots an item is (key, time). Used in turns of one task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="name">The name of the state.</param>
internal sealed class TimerQueue<TKey>(string name)
{
    private readonly PriorityQueue<Timer, (long Time, ulong Hash)> _heap = new();
    private readonly HashSet<Timer> _set = new(new Equality());
    private readonly CodecWriter _scratch = new();

    /// <summary>The number of timers.</summary>
    public int Count => _set.Count;

    /// <summary>When the next one is due; null where there is none.</summary>
    public EventTime? Next
    {
        get
        {
            DropDeleted();
            return _heap.TryPeek(out Timer timer, out _) ? timer.Time : null;
        }
    }

    /// <summary>Sets a timer, unless there is the same one.</summary>
    public void Set(in TKey key, ulong hash, EventTime time)
    {
        Timer timer = new(key, hash, time);
        if (!_set.Contains(timer))
        {
            timer = timer with { Key = KeptValue<TKey>.Of(key, _scratch) };
            _set.Add(timer);
            _heap.Enqueue(timer, (time.Milliseconds, hash));
        }
    }

    /// <summary>Takes back a timer.</summary>
    public void Delete(in TKey key, ulong hash, EventTime time)
    {
        _set.Remove(new Timer(key, hash, time));

        // Where most of the heap is gone it is built anew, so that timers that are always moved do not fill it.
        if (_heap.Count > 64 && _heap.Count > 4 * _set.Count)
        {
            _heap.Clear();
            foreach (Timer timer in _set)
            {
                _heap.Enqueue(timer, (timer.Time.Milliseconds, timer.Hash));
            }
        }
    }

    /// <summary>Takes the next timer that is due.</summary>
    public bool TryTake(EventTime until, out TKey key, out ulong hash, out EventTime time)
    {
        DropDeleted();
        if (!_heap.TryPeek(out Timer timer, out _) || timer.Time > until)
        {
            (key, hash, time) = (default!, 0, default);
            return false;
        }

        _heap.Dequeue();
        _set.Remove(timer);
        (key, hash, time) = (timer.Key, timer.Hash, timer.Time);
        return true;
    }

    /// <summary>Adds all timers to a capture.</summary>
    public void Capture(StateCapture capture) => capture.Keyed(name, EncodedItems.Of(_set.Select(timer => (timer.Hash, (timer.Key, timer.Time)))));

    /// <summary>Takes over timers.</summary>
    public void Restore(StateReader state)
    {
        foreach ((TKey key, EventTime time) in state.Keyed<(TKey, EventTime)>(name))
        {
            Set(key, KeyType<TKey>.Instance.Hash(key), time);
        }
    }

    private void DropDeleted()
    {
        while (_heap.TryPeek(out Timer timer, out _) && !_set.Contains(timer))
        {
            _heap.Dequeue();
        }
    }

    private readonly record struct Timer(TKey Key, ulong Hash, EventTime Time);

    private sealed class Equality : IEqualityComparer<Timer>
    {
        public bool Equals(Timer x, Timer y) => x.Hash == y.Hash && x.Time == y.Time && KeyType<TKey>.Instance.AreEqual(x.Key, y.Key);

        public int GetHashCode(Timer obj) => (int)StableHash.Combine(obj.Hash, (ulong)obj.Time.Milliseconds);
    }
}
