using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// A partition of a reader that the broker is asked about while it brings no records. The reader's thread marks records and takes answers; the watch
/// brings answers on its own thread.
/// </summary>
internal sealed class SilentPartition(string topic, int partition, long now, Action wake)
{
    // Written by the reader, read by the watch; an old value shifts one question by 300 ms.
    private long _lastRecord = now;

    // Set by the watch, taken by the reader. An object, so that end and time are exchanged together.
    private EndAnswer? _answer;

    /// <summary>How long a partition brings no record before the broker is asked.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(1);

    /// <summary>How often the broker is asked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    public string Topic { get; } = topic;

    public int Partition { get; } = partition;

    /// <summary>When the reader last saw a record, in the clock's timestamps.</summary>
    public long LastRecord
    {
        get => Volatile.Read(ref _lastRecord);
        set => Volatile.Write(ref _lastRecord, value);
    }

    /// <summary>Keeps the broker's answer and wakes the reader. On any thread.</summary>
    public void Answer(long end, EventTime askedAt)
    {
        Volatile.Write(ref _answer, new EndAnswer(end, askedAt));
        wake();
    }

    /// <summary>Takes the latest answer, once. On the reader's thread.</summary>
    public bool TryTake(out long end, out EventTime askedAt)
    {
        EndAnswer? answer = Volatile.Read(ref _answer) is null ? null : Interlocked.Exchange(ref _answer, null);
        end = answer?.End ?? 0;
        askedAt = answer?.AskedAt ?? default;
        return answer is not null;
    }

    private sealed record EndAnswer(long End, EventTime AskedAt);
}
