using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <summary>
/// The sessions of all keys of one operator of one subtask, with an accumulator each. A key has a slot while it has sessions; a session has a number,
/// which stays the same until it is removed. Sessions and accumulators that are returned by reference are valid until <see cref="Release"/>. Used in
/// turns of one task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
internal abstract class SessionStore<TKey, TAccumulator>
    where TAccumulator : struct
{
    /// <summary>A session, to be read.</summary>
    public abstract ref readonly SessionInfo this[int session] { get; }

    /// <summary>A session, to be changed.</summary>
    public abstract ref SessionInfo ForWrite(int session);

    /// <summary>The accumulator of a session, to be read.</summary>
    public abstract ref readonly TAccumulator AccumulatorOf(int session);

    /// <summary>The accumulator of a session, to be changed with its objects.</summary>
    public abstract ref TAccumulator AccumulatorForUpdate(int session);

    /// <summary>The accumulators of the rows of a batch, to be changed with their objects.</summary>
    /// <param name="sessions">The session of each row.</param>
    public abstract PagedElements<TAccumulator> AccumulatorsForUpdate(ReadOnlySpan<int> sessions);

    /// <summary>Replaces the accumulator of a session; its objects belong to the store from now on.</summary>
    public abstract void SetAccumulator(int session, in TAccumulator accumulator);

    /// <summary>The key of a session.</summary>
    public abstract ref readonly TKey KeyOf(int session);

    /// <summary>The hash of the key of a session.</summary>
    public abstract ulong HashOf(int session);

    /// <summary>A reference to a session, which may be kept.</summary>
    public abstract SessionReference ReferenceTo(int session);

    /// <summary>Whether the session of a reference has not been removed.</summary>
    public abstract bool IsInUse(SessionReference reference);

    /// <summary>
    /// The slot of a key, valid until <see cref="Release"/>. A new key must get a session, or <see cref="DropIfEmpty"/>, before anything else.
    /// </summary>
    public abstract int FindOrAddKey(in TKey key, ulong hash);

    /// <summary>The slot of a key, valid until <see cref="Release"/>; -1 if it has no session.</summary>
    public abstract int FindKey(in TKey key, ulong hash);

    /// <summary>The number of sessions of a key.</summary>
    public abstract int CountOf(int key);

    /// <summary>A session of a key by its place in the order of time.</summary>
    public abstract int SessionOf(int key, int place);

    /// <summary>Adds a session with an empty accumulator to a key.</summary>
    public abstract int Add(int key, int place, EventTime start, EventTime end);

    /// <summary>Removes a session, and its key if it has no other sessions.</summary>
    public abstract void Remove(int session);

    /// <summary>Removes the session at a place in the order of time; its key stays.</summary>
    public abstract void RemoveAt(int key, int place);

    /// <summary>Removes a key that has no sessions.</summary>
    public abstract void DropIfEmpty(int key);

    /// <summary>Ends a batch: the store may write changes back, and references are no longer valid.</summary>
    public abstract void Release();

    /// <summary>Adds the sessions of this moment to a capture.</summary>
    /// <returns>The sessions, each with the hash of its key.</returns>
    public abstract IEnumerable<(ulong Hash, TKey Key, SessionInfo Session, TAccumulator Accumulator)> Capture(StateCapture capture);

    /// <summary>The place of the first session of a key that ends after a time. Looks at the newest first.</summary>
    public int FirstEndingAfter(int key, EventTime time)
    {
        int high = CountOf(key);
        if (high == 0 || this[SessionOf(key, high - 1)].End <= time)
        {
            return high;
        }

        int low = -1;
        while (high - low > 1)
        {
            int middle = (low + high) >>> 1;
            if (this[SessionOf(key, middle)].End <= time)
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
}
