using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.State;

/// <summary>
/// The timers of one operator of one subtask in one time domain. A key has at most one timer for a time. Timers are taken in the order of (time, hash
/// of the key), whatever the order in which they were set. In snapshots an item is (key, time). Used in turns of one task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
internal abstract class TimerQueue<TKey>
{
    /// <summary>When the next timer is due; null if there is none.</summary>
    public abstract EventTime? Next { get; }

    /// <summary>Sets a timer; does nothing if it is already set.</summary>
    public abstract void Set(in TKey key, ulong hash, EventTime time);

    /// <summary>Deletes a timer, if there is one.</summary>
    public abstract void Delete(in TKey key, ulong hash, EventTime time);

    /// <summary>Takes the next timer that is due.</summary>
    public abstract bool TryTake(EventTime until, out TKey key, out ulong hash, out EventTime time);

    /// <summary>Adds all timers to a capture.</summary>
    public abstract void Capture(StateCapture capture);

    /// <summary>Restores the timers.</summary>
    public abstract Task RestoreAsync(StateReader state);
}
