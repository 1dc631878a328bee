using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using QueryStream.Core;
using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Batches;

/// <summary>A batch of rows of one type. Written by the one who rented it, until it is handed on.</summary>
/// <typeparam name="T">The row: a struct, so that the rows lie in one array.</typeparam>
public sealed class Batch<T> : Batch
{
    private const int PooledBatches = 64;

    // A batch in the making is sent before it holds more memory than its rows are worth.
    private const int MaxFrames = 16;

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
    public bool IsFull => Count == (HostileMode.IsOn ? _hostileLimit : MaxRows) || Bytes >= FullBytes || (KeptValue<T>.HoldsTexts && FrameCount >= MaxFrames);

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

    /// <summary>Reads what <see cref="Write"/> has written; the caller holds the batch, which holds the frame for as long as its texts point into it.</summary>
    /// <param name="frame">The bytes. The caller keeps its own hold.</param>
    /// <exception cref="CodecException">The bytes are not what <see cref="Write"/> writes.</exception>
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

    /// <summary>Says that rows were or will be made of rows of another batch: their texts may point into its frames.</summary>
    public void ShareFrames(Batch from)
    {
        if (KeptValue<T>.HoldsTexts)
        {
            HoldAll(from);
        }
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
        Origin.Clear();
        ReleaseFrames();
        if (Pool.Count < PooledBatches)
        {
            Pool.Enqueue(this);
        }
    }
}
