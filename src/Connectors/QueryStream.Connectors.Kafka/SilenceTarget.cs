using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>One partition of one reader, whose silence is to be confirmed. The reader's thread and the one who asks for ends meet here.</summary>
internal sealed class SilenceTarget(string topic, int partition, long now, Action wake)
{
    // Written by the reader, read by who asks; a torn or old value only shifts one question.
    private long _lastRecord = now;

    // Set by who asks, taken by the reader: an immutable object, so both halves of an answer belong together.
    private SilenceAnswer? _answer;

    /// <summary>From how long a silence on the broker is asked.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(1);

    /// <summary>How often it is asked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    public string Topic { get; } = topic;

    public int Partition { get; } = partition;

    /// <summary>When the reader last saw a record, in the clock's timestamps.</summary>
    public long LastRecord
    {
        get => Volatile.Read(ref _lastRecord);
        set => Volatile.Write(ref _lastRecord, value);
    }

    /// <summary>The broker's answer; on any thread.</summary>
    public void Answer(long end, EventTime askedAt)
    {
        Volatile.Write(ref _answer, new SilenceAnswer(end, askedAt));
        wake();
    }

    /// <summary>The latest answer, once; on the reader's thread.</summary>
    public bool TryTake(out long end, out EventTime askedAt)
    {
        SilenceAnswer? answer = Volatile.Read(ref _answer) is null ? null : Interlocked.Exchange(ref _answer, null);
        end = answer?.End ?? 0;
        askedAt = answer?.AskedAt ?? default;
        return answer is not null;
    }

    private sealed record SilenceAnswer(long End, EventTime AskedAt);
}
