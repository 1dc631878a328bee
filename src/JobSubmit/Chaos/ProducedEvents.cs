using System.Globalization;
using System.Runtime.InteropServices;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>
/// The oracle: all produced events, and the output of a job that counts each of them once. Events are added by one thread; unless another thing is
/// said, what is known of them is read after the last event.
/// </summary>
/// <param name="window">The size of the job's windows.</param>
internal sealed class ProducedEvents(TimeSpan window)
{
    private readonly long _window = (long)window.TotalMilliseconds;
    private readonly List<int> _keys = [];
    private readonly List<long> _counts = [];

    // Guards the times, which are read while events are added.
    private readonly Lock _lock = new();
    private readonly List<long> _times = [];
    private readonly Dictionary<int, (long Count, long LastNumber)> _totals = [];
    private readonly Dictionary<(int Key, long Start), WindowTotal> _windows = [];
    private long _count;

    /// <summary>The number of events. Safe on any thread.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>For each key, its number of events and its last event.</summary>
    public IReadOnlyDictionary<int, (long Count, long LastNumber)> Totals => _totals;

    /// <summary>The totals of each key in each window.</summary>
    public IReadOnlyDictionary<(int Key, long Start), WindowTotal> Windows => _windows;

    /// <summary>The text of a key.</summary>
    public static string NameOf(int key) => string.Create(CultureInfo.InvariantCulture, $"k{key}");

    /// <summary>Adds the next event.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="time">Its event time, in milliseconds since 1970.</param>
    /// <returns>Its number: 0, 1, 2, …</returns>
    public long Add(int key, long time)
    {
        long number = _keys.Count;
        lock (_lock)
        {
            _times.Add(time);
        }

        ref (long Count, long LastNumber) total = ref CollectionsMarshal.GetValueRefOrAddDefault(_totals, key, out _);
        total = (total.Count + 1, number);
        _keys.Add(key);
        _counts.Add(total.Count);
        ref WindowTotal window = ref CollectionsMarshal.GetValueRefOrAddDefault(_windows, (key, time - (time % _window)), out _);
        window = new WindowTotal(window.Count + 1, window.Sum + number);
        Interlocked.Increment(ref _count);
        return number;
    }

    /// <summary>The key of an event.</summary>
    public int KeyOf(long number) => _keys[(int)number];

    /// <summary>The event time of an event; null: there is no such event. Safe on any thread.</summary>
    public long? TimeOf(long number)
    {
        lock (_lock)
        {
            return number >= 0 && number < _times.Count ? _times[(int)number] : null;
        }
    }

    /// <summary>The running count of an event: the events of its key up to and including it.</summary>
    public long CountAt(long number) => _counts[(int)number];

    /// <summary>The events of a key in a window.</summary>
    /// <param name="Count">Their number.</param>
    /// <param name="Sum">The sum of their numbers.</param>
    public readonly record struct WindowTotal(long Count, long Sum);
}
