using System.Buffers;
using System.Collections.Concurrent;
using QueryStream.Core;

namespace QueryStream.Streams.Batches;

/// <summary>
/// Encoded bytes of an element of a channel, in a pooled array. The texts of a decoded batch point into its frame, so the batch holds the frame
/// until its last release; then other bytes are written into the array. Reference counted like <see cref="Batch"/>; counts are safe on any thread.
/// </summary>
public sealed class Frame
{
    /// <summary>What hostile mode and the simulated network write over a frame that was given back. No UTF-8 text has this byte.</summary>
    public const byte Poison = 0xDB;

    private const int PooledFrames = 256;

    private static readonly ConcurrentQueue<Frame> Pool = new();

    // Holders on several threads count down; the one that reaches 0 alone gives the array back.
    private int _references;
    private volatile bool _isDetached;
    private bool _isPoisoned;

    private Frame()
    {
    }

    /// <summary>The array that the bytes are in.</summary>
    public byte[] Array { get; private set; } = [];

    /// <summary>The index of the first byte that has not been read.</summary>
    public int Start { get; private set; }

    /// <summary>The number of bytes from there on.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes that have not been read.</summary>
    public ReadOnlySpan<byte> Bytes => Array.AsSpan(Start, Length);

    /// <summary>A copy of bytes; the caller holds the frame.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="poison">Whether the last release overwrites the bytes, as hostile mode always does: a text that was kept too long then shows.</param>
    public static Frame Copy(ReadOnlySpan<byte> bytes, bool poison = false)
    {
        if (!Pool.TryDequeue(out Frame? frame))
        {
            frame = new Frame();
        }

        frame.Array = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(frame.Array);
        (frame.Start, frame.Length) = (0, bytes.Length);
        (frame._isDetached, frame._isPoisoned) = (false, poison || HostileMode.IsOn);
        Volatile.Write(ref frame._references, 1);
        return frame;
    }

    /// <summary>Goes past bytes that have been read.</summary>
    public void Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length, nameof(count));
        (Start, Length) = (Start + count, Length - count);
    }

    /// <summary>Leaves the array to the garbage collector: texts that point into it are safe to keep from now on.</summary>
    public void Detach() => _isDetached = true;

    /// <summary>Adds a holder.</summary>
    public void Retain()
    {
        if (Interlocked.Increment(ref _references) <= 1)
        {
            throw new InvalidOperationException("A frame was retained after its last holder had released it.");
        }
    }

    /// <summary>Ends one hold; the last one gives the array back.</summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left > 0)
        {
            return;
        }

        if (left < 0)
        {
            throw new InvalidOperationException("A frame was released once more than it was held.");
        }

        byte[] array = Array;
        Array = [];
        if (!_isDetached)
        {
            if (_isPoisoned)
            {
                array.AsSpan(0, Start + Length).Fill(Poison);
            }

            ArrayPool<byte>.Shared.Return(array);
        }

        if (Pool.Count < PooledFrames)
        {
            Pool.Enqueue(this);
        }
    }
}

/// <summary>The frames that the texts of a batch point into: none where its rows were made in this process, usually one where they were decoded.</summary>
internal struct BatchFrames
{
    private Frame[]? _frames;
    private int _count;

    /// <summary>How many there are.</summary>
    public readonly int Count => _count;

    /// <summary>Takes over the caller's hold on a frame.</summary>
    public void Add(Frame frame)
    {
        _frames ??= new Frame[1];
        if (_count == _frames.Length)
        {
            Array.Resize(ref _frames, _count * 4);
        }

        _frames[_count++] = frame;
    }

    /// <summary>Holds the frames of another batch too.</summary>
    public void AddAll(in BatchFrames other)
    {
        foreach (Frame frame in other._frames.AsSpan(0, other._count))
        {
            if (!_frames.AsSpan(0, _count).Contains(frame))
            {
                frame.Retain();
                Add(frame);
            }
        }
    }

    /// <summary>Makes the texts safe to keep.</summary>
    public readonly void Detach()
    {
        foreach (Frame frame in _frames.AsSpan(0, _count))
        {
            frame.Detach();
        }
    }

    /// <summary>Releases all.</summary>
    public void Release()
    {
        foreach (ref Frame frame in _frames.AsSpan(0, _count))
        {
            frame.Release();
            frame = null!;
        }

        _count = 0;
    }
}
