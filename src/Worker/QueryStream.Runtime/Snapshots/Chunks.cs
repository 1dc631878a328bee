using QueryStream.Core.Identity;

namespace QueryStream.Runtime.Snapshots;

/// <summary>Names a chunk of a task's snapshot in the store.</summary>
/// <param name="Task">The task.</param>
/// <param name="Checkpoint">The checkpoint; 0: the task's last state, which belongs to all later checkpoints.</param>
/// <param name="Number">The chunk's number in the task's snapshot, from 0.</param>
public readonly record struct ChunkName(TaskId Task, CheckpointId Checkpoint, int Number);

/// <summary>Refers to a chunk that was written. Safe on any thread.</summary>
public abstract class ChunkHandle
{
    /// <summary>The number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Reads the chunk. The caller owns the bytes, and nobody writes them again.</summary>
    /// <exception cref="Core.Errors.StateRestoreException">The chunk is missing or damaged; names it.</exception>
    public abstract ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>Where snapshots are written. Called on any thread, for several tasks at a time.</summary>
public interface IChunkSink
{
    /// <summary>
    /// Stores a chunk. The writer waits for it, so that its memory stays bounded. The bytes are only valid until the returned task
    /// has completed.
    /// </summary>
    ValueTask<ChunkHandle> WriteAsync(ChunkName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}

/// <summary>Keeps chunks in memory for as long as somebody holds their handles.</summary>
public sealed class MemoryChunks : IChunkSink
{
    /// <summary>The one instance: it has no state of its own.</summary>
    public static MemoryChunks Instance { get; } = new();

    /// <summary>A handle of bytes in memory, which must not be written again.</summary>
    public static ChunkHandle Of(byte[] bytes) => new Chunk(bytes);

    /// <inheritdoc/>
    public ValueTask<ChunkHandle> WriteAsync(ChunkName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        new(Of(bytes.ToArray()));

    private sealed class Chunk(byte[] bytes) : ChunkHandle
    {
        public override long Length => bytes.Length;

        public override ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken) => new(bytes);
    }
}
