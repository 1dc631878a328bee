namespace QueryStream.JobSubmit.Demo;

/// <summary>How fast a number grows, over the last few seconds.</summary>
internal sealed class RateMeter
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _time;
    private readonly Queue<(long At, long Value)> _samples = new();

    /// <summary>Begins with a number of 0, now.</summary>
    /// <param name="time">The clock.</param>
    public RateMeter(TimeProvider time)
    {
        _time = time;
        _samples.Enqueue((time.GetTimestamp(), 0));
    }

    /// <summary>Takes the number as it is now.</summary>
    /// <returns>Its growth a second.</returns>
    public double Sample(long value)
    {
        long now = _time.GetTimestamp();
        _samples.Enqueue((now, value));
        while (_samples.Count > 2 && _time.GetElapsedTime(_samples.Peek().At, now) > Span)
        {
            _samples.Dequeue();
        }

        (long at, long before) = _samples.Peek();
        double seconds = _time.GetElapsedTime(at, now).TotalSeconds;
        return seconds > 0 ? (value - before) / seconds : 0;
    }
}
