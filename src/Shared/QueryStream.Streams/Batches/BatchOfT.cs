using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using QueryStream.Core;
using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Batches;

/// <summary>A batch of rows of one type. Only the renter writes to it, until it is emitted.</summary>
/// <typeparam name="T">The rows; structs lie in one array.</typeparam>
public sealed class Batch<T> : Batch
{
    private const int PooledBatches = 64;

    // A batch with this many frames counts as full, since small rows could keep much memory alive.
    private const int MaxFrames = 16;

    private static readonly ConcurrentQueue<Batch<T>> Pool = new();

    private readonly T[] _rows = new T[MaxRows];
    private readonly EventTime[] _times = new EventTime[MaxRows];

    private int _limit;

    private Batch()
    {
    }

    /// <summary>The rows.</summary>
    public ReadOnlySpan<T> Rows => new(_rows, 0, Count);

    /// <summary>The rows' event times.</summary>
    public ReadOnlySpan<EventTime> Times => new(_times, 0, Count);

    /// <summary>Whether no more rows should be added: it has the maximum number of rows, bytes or frames.</summary>
    public bool IsFull => Count >= _limit || Bytes >= FullBytes || (KeptValue<T>.HoldsTexts && FrameCount >= MaxFrames);

    /// <summary>An empty batch from the pool; the caller gets a reference.</summary>
    /// <param name="file">Set by the compiler, to name the holders of leaked batches.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Batch<T> Rent([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (!Pool.TryDequeue(out Batch<T>? batch))
        {
            batch = new Batch<T>();
        }

        batch.Lend(file, line);
        batch._limit = HostileMode.IsOn ? HostileBatches.NextLimit() : MaxRows;
        return batch;
    }

    /// <summary>Lets the batch count as full with one row.</summary>
    internal void LimitToOneRow() => _limit = 1;

    /// <summary>Decodes a batch; the caller gets a reference. The batch keeps the frame while its texts point into it.</summary>
    /// <param name="frame">The bytes. The caller keeps its reference.</param>
    /// <exception cref="CodecException">The bytes are not a batch of these rows.</exception>
    public static Batch<T> Read(Frame frame)
    {
        CodecReader reader = new(frame.Array, frame.Start, frame.Length);
        Batch<T> batch = BatchCodec<T>.Read(reader);
        if (reader.Remaining > 0)
        {
            batch.Release();
            throw reader.Damaged($"{reader.Remaining} bytes behind a batch of {typeof(T)}");
        }

        if (KeptValue<T>.HoldsTexts)
        {
            frame.Retain();
            batch.Hold(frame);
        }

        return batch;
    }

    /// <inheritdoc/>
    public override void Write(CodecWriter writer) => BatchCodec<T>.Write(writer, this);

    /// <summary>Declares that rows are made from rows of another batch, so that their texts may point into its frames.</summary>
    public void ShareFrames(Batch from)
    {
        if (KeptValue<T>.HoldsTexts)
        {
            HoldAll(from);
        }
    }

    /// <summary>Adds a row. The batch must have fewer than <see cref="Batch.MaxRows"/>.</summary>
    /// <param name="row">The row.</param>
    /// <param name="time">Its event time.</param>
    /// <param name="payloadBytes">The bytes that only this row refers to, beyond its struct.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in T row, EventTime time, int payloadBytes = 0)
    {
        int index = Count;
        _rows[index] = row;
        _times[index] = time;
        Count = index + 1;
        Bytes += Unsafe.SizeOf<T>() + (long)payloadBytes;
    }

    /// <summary>Removes the last rows: for a writer that failed in the middle of a record.</summary>
    /// <param name="count">The number of rows to keep.</param>
    /// <param name="bytes">The value of <see cref="Batch.Bytes"/> with that many rows.</param>
    public void Truncate(int count, long bytes)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            Array.Clear(_rows, count, Count - count);
        }

        Count = count;
        Bytes = bytes;
    }

    /// <summary>Sets <see cref="Batch.Bytes"/>, if the sizes of single rows are not known.</summary>
    public void SetBytes(long bytes) => Bytes = bytes;

    /// <inheritdoc/>
    protected override void Recycle()
    {
        // Rows that own objects (such as accumulators with large sets) are cleared, since the pooled array would keep the objects alive. Other rows
        // stay until they are overwritten.
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
        Origin.Clear();
        ReleaseFrames();
        if (Pool.Count < PooledBatches)
        {
            Pool.Enqueue(this);
        }
    }
}
