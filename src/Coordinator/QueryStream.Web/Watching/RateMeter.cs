namespace QueryStream.Web.Watching;

/// <summary>
/// The rate of a counter over the last seconds. Counters of jobs move when workers report, about once a second, so the difference of two samples
/// alone would be nothing or twice as much. Used by one thread.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RateMeter(TimeProvider time)
{
    private const int Samples = 6;

    private readonly Queue<(long Timestamp, long Value)> _samples = new(Samples);
    private long _last;

    /// <summary>The rate a second; null: it is not known yet.</summary>
    public double? PerSecond { get; private set; }

    /// <summary>Takes a sample. A counter that falls has begun anew, as that of a task does when it restarts.</summary>
    public double? Add(long value, long timestamp)
    {
        if (value < _last)
        {
            _samples.Clear();
        }

        _last = value;
        if (_samples.Count == Samples)
        {
            _samples.Dequeue();
        }

        _samples.Enqueue((timestamp, value));
        (long firstTimestamp, long firstValue) = _samples.Peek();
        double seconds = time.GetElapsedTime(firstTimestamp, timestamp).TotalSeconds;
        return PerSecond = seconds > 0 ? (value - firstValue) / seconds : null;
    }
}
