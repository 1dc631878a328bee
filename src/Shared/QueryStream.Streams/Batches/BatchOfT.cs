using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using QueryStream.Core;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Batches;

/// <summary>A batch of rows of one type. Written by the one who rented it, until it is handed on.</summary>
/// <typeparam name="T">The row: a struct, so that the rows lie in one array.</typeparam>
public sealed class Batch<T> : Batch
{
    private const int PooledBatches = 64;

    private static readonly ConcurrentQueue<Batch<T>> Pool = new();

    private readonly T[] _rows = new T[MaxRows];
    private readonly EventTime[] _times = new EventTime[MaxRows];

    // Read in hostile mode only.
    private int _hostileLimit;

    private Batch()
    {
    }

    /// <summary>The rows.</summary>
    public ReadOnlySpan<T> Rows => new(_rows, 0, Count);

    /// <summary>The rows' event times.</summary>
    public ReadOnlySpan<EventTime> Times => new(_times, 0, Count);

    /// <summary>Whether it has as many rows as fit, or as heavy ones as should go at a time.</summary>
    public bool IsFull => Count == (HostileMode.IsOn ? _hostileLimit : MaxRows) || Bytes >= FullBytes;

    /// <summary>An empty batch from the pool; the caller holds it.</summary>
    /// <param name="file">Set by the compiler: a debug build names who has not given a batch back.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Batch<T> Rent([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (!Pool.TryDequeue(out Batch<T>? batch))
        {
            batch = new Batch<T>();
        }

        batch.Lend(file, line);
        if (HostileMode.IsOn)
        {
            batch._hostileLimit = HostileBatches.NextLimit();
        }

        return batch;
    }

    /// <summary>Adds a row; fewer than <see cref="Batch.MaxRows"/> must be there.</summary>
    /// <param name="row">The row.</param>
    /// <param name="time">Its event time.</param>
    /// <param name="payloadBytes">Bytes that the row alone refers to, beyond its struct.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in T row, EventTime time, int payloadBytes = 0)
    {
        int index = Count;
        _rows[index] = row;
        _times[index] = time;
        Count = index + 1;
        Bytes += Unsafe.SizeOf<T>() + (long)payloadBytes;
    }

    /// <summary>Takes back the last rows: for a writer whose row turned out to be none.</summary>
    /// <param name="count">How many rows stay.</param>
    /// <param name="bytes">What <see cref="Batch.Bytes"/> was when there were that many.</param>
    public void Truncate(int count, long bytes)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            Array.Clear(_rows, count, Count - count);
        }

        Count = count;
        Bytes = bytes;
    }

    /// <summary>Sets the weight of the whole batch, where the rows' own weights are not known one by one.</summary>
    public void Weigh(long bytes) => Bytes = bytes;

    /// <inheritdoc/>
    protected override void Recycle()
    {
        // Rows that own nothing stay in the array until they are overwritten. Those that do (accumulators with sets of a million texts)
        // would keep it alive for as long as no fuller batch comes.
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>() && Bytes > (long)Count * Unsafe.SizeOf<T>())
        {
            Array.Clear(_rows, 0, Count);
        }

        if (HostileMode.IsOn)
        {
            HostileBatches.Poison(_rows, Count);
            HostileBatches.Poison(_times, Count);
        }

        Count = 0;
        Bytes = 0;
        Header = BatchHeader.None;
        Origin.Clear();
        if (Pool.Count < PooledBatches)
        {
            Pool.Enqueue(this);
        }
    }
}
