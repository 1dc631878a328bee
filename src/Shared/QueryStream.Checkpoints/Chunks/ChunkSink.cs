using System.Buffers;
using System.IO.Hashing;
using K4os.Compression.LZ4;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;

namespace QueryStream.Checkpoints.Chunks;

/// <summary>
/// Stores the chunks of one task's snapshot: packs them into segments, and refers to chunks of the last checkpoint with equal bytes instead of
/// storing them again. Its memory is bounded by the sizes of a segment and of the largest chunk. Used by one snapshot at a time.
/// </summary>
/// <param name="segments">Stores the segments.</param>
/// <param name="name">The name of the first segment.</param>
/// <param name="reusable">Chunks that may be referred to: nobody deletes them before this checkpoint is complete or was aborted.</param>
public sealed class ChunkSink(ISegments segments, SegmentName name, ReusableChunks reusable)
{
    /// <summary>The default of <see cref="TargetBytes"/>.</summary>
    public const int DefaultTargetBytes = 4 * 1024 * 1024;

    // Compression must save an eighth, else decoding is not worth its time.
    private const int MinSavedFraction = 8;

    // Pooled: new segments for each checkpoint would be large objects for the garbage collector.
    private readonly CodecWriter _segment = new(ArrayPool<byte>.Shared);
    private SegmentName _name = name;

    /// <summary>The size from which a segment is stored, in bytes.</summary>
    public int TargetBytes { get; init; } = DefaultTargetBytes;

    /// <summary>The encoded bytes that were stored.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>The decoded bytes of chunks that were stored already.</summary>
    public long ReusedBytes { get; private set; }

    /// <summary>Adds a chunk. The bytes are only valid until the returned task has completed.</summary>
    /// <exception cref="CheckpointStorageException">The store cannot be reached, or refuses.</exception>
    public async ValueTask<ChunkHandle> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        UInt128 checksum = XxHash128.HashToUInt128(bytes.Span);
        if (reusable.Find(checksum, bytes.Length) is { } known)
        {
            ReusedBytes += bytes.Length;
            return known;
        }

        int room = LZ4Codec.MaximumOutputSize(bytes.Length);
        if (_segment.Length > 0 && _segment.Length + room > TargetBytes)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        ChunkHandle handle = Append(bytes.Span, room, checksum);
        if (_segment.Length >= TargetBytes)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        return handle;
    }

    /// <summary>Stores what is left. All handles are good when the returned task has completed.</summary>
    /// <exception cref="CheckpointStorageException">The store cannot be reached, or refuses.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_segment.Length > 0)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        // Not after a failure: the store may still read from it.
        _segment.Release();
    }

    private ChunkHandle Append(ReadOnlySpan<byte> bytes, int room, UInt128 checksum)
    {
        int offset = _segment.Length;
        Span<byte> target = _segment.Reserve(room);
        int stored = LZ4Codec.Encode(bytes, target);
        ChunkEncoding encoding = ChunkEncoding.Lz4;
        if (stored <= 0 || stored > bytes.Length - (bytes.Length / MinSavedFraction))
        {
            bytes.CopyTo(target);
            (stored, encoding) = (bytes.Length, ChunkEncoding.Plain);
        }

        _segment.Truncate(offset + stored);
        return new ChunkHandle(_name, offset, stored, encoding, bytes.Length, checksum);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        await segments.WriteAsync(_name, _segment.WrittenMemory, cancellationToken).ConfigureAwait(false);
        WrittenBytes += _segment.Length;
        _segment.Clear();
        _name = _name with { Number = _name.Number + 1 };
    }
}
