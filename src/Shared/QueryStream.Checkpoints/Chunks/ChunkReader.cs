using System.IO.Hashing;
using K4os.Compression.LZ4;
using QueryStream.Core.Errors;

namespace QueryStream.Checkpoints.Chunks;

/// <summary>Reads chunks and checks them. Safe on any thread.</summary>
/// <param name="segments">The segments with the chunks.</param>
public sealed class ChunkReader(ISegments segments)
{
    /// <summary>Reads a chunk.</summary>
    /// <returns>Its bytes, owned by the caller.</returns>
    /// <exception cref="DamagedCheckpointException">It is missing, or not what was written; names it.</exception>
    /// <exception cref="CheckpointStorageException">The store cannot be reached.</exception>
    public async Task<byte[]> ReadAsync(ChunkHandle chunk, CancellationToken cancellationToken)
    {
        ReadChunk read = await TryReadAsync(chunk, cancellationToken).ConfigureAwait(false);
        return read.Bytes ?? throw new DamagedCheckpointException(
            $"Checkpoint {chunk.Segment.Checkpoint} of job {chunk.Segment.Task.Job} is damaged: "
            + $"the chunk at byte {chunk.Offset} of segment {chunk.Segment} {read.Problem}.");
    }

    /// <summary>Reads a chunk, and describes damage instead of throwing.</summary>
    /// <exception cref="CheckpointStorageException">The store cannot be reached.</exception>
    internal async Task<ReadChunk> TryReadAsync(ChunkHandle chunk, CancellationToken cancellationToken)
    {
        byte[]? stored = await segments.ReadAsync(chunk.Segment, chunk.Offset, chunk.StoredLength, cancellationToken).ConfigureAwait(false);
        if (stored is null)
        {
            return new ReadChunk(null, "is missing, or its segment was cut off");
        }

        byte[]? bytes = Decode(chunk, stored);
        if (bytes is null)
        {
            return new ReadChunk(null, "cannot be decompressed");
        }

        return XxHash128.HashToUInt128(bytes) == chunk.Checksum
            ? new ReadChunk(bytes, "")
            : new ReadChunk(null, "has another checksum than when it was written");
    }

    private static byte[]? Decode(ChunkHandle chunk, byte[] stored)
    {
        if (chunk.Encoding == ChunkEncoding.Plain)
        {
            return stored;
        }

        byte[] bytes = new byte[chunk.Length];
        return LZ4Codec.Decode(stored, bytes) == chunk.Length ? bytes : null;
    }

    /// <summary>The result of reading a chunk.</summary>
    /// <param name="Bytes">Its bytes; null if it is damaged.</param>
    /// <param name="Problem">How it is damaged, as the end of a sentence.</param>
    internal readonly record struct ReadChunk(byte[]? Bytes, string Problem);
}
