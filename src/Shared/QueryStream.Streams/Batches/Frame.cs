using System.Buffers;
using System.Collections.Concurrent;
using QueryStream.Core;

namespace QueryStream.Streams.Batches;

/// <summary>
/// The encoded bytes of a channel element, in a pooled array. The texts of a decoded batch point into its frame, so the batch keeps the frame until
/// its last release; then the array is reused. Reference counted like <see cref="Batch"/>; <see cref="Retain"/> and <see cref="Release"/> are safe on
/// any thread.
/// </summary>
public sealed class Frame
{
    /// <summary>The byte that overwrites a released frame in hostile mode and in the simulated network. It does not occur in UTF-8.</summary>
    public const byte Poison = 0xDB;

    private const int PooledFrames = 256;

    private static readonly ConcurrentQueue<Frame> Pool = new();

    // Several threads decrement it; the one that reaches 0 returns the array.
    private int _references;
    private volatile bool _isDetached;
    private bool _isPoisoned;

    private Frame()
    {
    }

    /// <summary>The array with the bytes.</summary>
    public byte[] Array { get; private set; } = [];

    /// <summary>The index of the first unread byte.</summary>
    public int Start { get; private set; }

    /// <summary>The number of unread bytes.</summary>
    public int Length { get; private set; }

    /// <summary>The unread bytes.</summary>
    public ReadOnlySpan<byte> Bytes => Array.AsSpan(Start, Length);

    /// <summary>Copies bytes into a frame; the caller gets a reference.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="poison">Whether the last release overwrites the bytes, as hostile mode always does, to reveal texts that were kept too
    /// long.</param>
    public static Frame Copy(ReadOnlySpan<byte> bytes, bool poison = false)
    {
        Frame frame = Rent(bytes.Length, poison);
        bytes.CopyTo(frame.Array);
        return frame;
    }

    /// <summary>Copies bytes, which may be in several parts, into a frame; the caller gets a reference.</summary>
    public static Frame Copy(in ReadOnlySequence<byte> bytes)
    {
        Frame frame = Rent(checked((int)bytes.Length), poison: false);
        bytes.CopyTo(frame.Array);
        return frame;
    }

    private static Frame Rent(int length, bool poison)
    {
        if (!Pool.TryDequeue(out Frame? frame))
        {
            frame = new Frame();
        }

        frame.Array = ArrayPool<byte>.Shared.Rent(length);
        (frame.Start, frame.Length) = (0, length);
        (frame._isDetached, frame._isPoisoned) = (false, poison || HostileMode.IsOn);
        Volatile.Write(ref frame._references, 1);
        return frame;
    }

    /// <summary>Skips bytes that were read.</summary>
    public void Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length, nameof(count));
        (Start, Length) = (Start + count, Length - count);
    }

    /// <summary>Leaves the array to the garbage collector, so that texts that point into it are safe to keep.</summary>
    public void Detach() => _isDetached = true;

    /// <summary>Adds a reference.</summary>
    public void Retain()
    {
        if (Interlocked.Increment(ref _references) <= 1)
        {
            throw new InvalidOperationException("A frame was retained after its last holder had released it.");
        }
    }

    /// <summary>Releases a reference; the last one returns the array.</summary>
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
