using System.Diagnostics;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.LargeState;

/// <summary>Measures the longest time between two batches of output. Read by another thread, hence atomic.</summary>
internal sealed class PauseSink : ISink<long>
{
    private long _rows;
    private long _firstCounts;
    private long _last;
    private long _longest;

    /// <summary>How many rows came.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>How many of them are the first count of their key.</summary>
    public long FirstCounts => Interlocked.Read(ref _firstCounts);

    /// <summary>The longest pause since the last call.</summary>
    public TimeSpan TakeLongestPause() => Stopwatch.GetElapsedTime(0, Interlocked.Exchange(ref _longest, 0));

    public ISinkWriter<long> CreateWriter(SinkContext context) => new Writer(this, context);

    private void Write(Batch<long> batch)
    {
        long now = Stopwatch.GetTimestamp();
        if (_last != 0 && now - _last > Interlocked.Read(ref _longest))
        {
            Interlocked.Exchange(ref _longest, now - _last);
        }

        _last = now;
        long first = 0;
        foreach (long count in batch.Rows)
        {
            first += count == 1 ? 1 : 0;
        }

        Interlocked.Add(ref _firstCounts, first);
        Interlocked.Add(ref _rows, batch.Count);
    }

    private sealed class Writer(PauseSink sink, SinkContext context) : ISinkWriter<long>
    {
        public bool IsFull => false;

        public bool IsFlushed => true;

        public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Write(Batch<long> batch)
        {
            sink.Write(batch);
            context.Acknowledged(batch.Count);
        }

        public void Flush()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
