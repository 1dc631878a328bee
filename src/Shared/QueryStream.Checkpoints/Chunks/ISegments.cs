using QueryStream.Core.Errors;

namespace QueryStream.Checkpoints.Chunks;

/// <summary>Where segments are stored. Called on any thread, for several tasks at a time.</summary>
public interface ISegments
{
    /// <summary>
    /// Stores a segment. When the returned task has completed, the segment survives the loss of this process, and as far as the store promises it
    /// that of the machine. The bytes are only valid until then.
    /// </summary>
    /// <exception cref="CheckpointStorageException">The store is unreachable, full or read-only, or has no such folder.</exception>
    Task WriteAsync(SegmentName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Reads a part of a segment.</summary>
    /// <returns>Exactly that many bytes, owned by the caller; null if the segment is missing or shorter.</returns>
    /// <exception cref="CheckpointStorageException">The store cannot be reached.</exception>
    Task<byte[]?> ReadAsync(SegmentName name, int offset, int count, CancellationToken cancellationToken);
}
