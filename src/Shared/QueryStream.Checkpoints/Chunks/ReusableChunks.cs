namespace QueryStream.Checkpoints.Chunks;

/// <summary>
/// The chunks of a retained checkpoint, by their content. A segment that is mostly garbage offers none, so that its chunks are rewritten and it
/// can be deleted: stored bytes are at most twice the referenced ones. Immutable.
/// </summary>
public sealed class ReusableChunks
{
    private readonly Dictionary<(UInt128 Checksum, int Length), ChunkHandle> _byContent = [];

    /// <summary>Nothing can be reused.</summary>
    public static ReusableChunks None { get; } = new([]);

    /// <summary>Takes the chunks of a retained checkpoint.</summary>
    /// <param name="chunks">All chunks of the task, or of the job.</param>
    public ReusableChunks(IEnumerable<ChunkHandle> chunks)
    {
        // For each segment, the bytes of the referenced chunks, and the end of the last one, which is taken for the end of the segment.
        Dictionary<SegmentName, (long Referred, long Length)> segments = [];
        HashSet<ChunkHandle> distinct = [];
        foreach (ChunkHandle chunk in chunks)
        {
            if (distinct.Add(chunk))
            {
                (long referred, long length) = segments.GetValueOrDefault(chunk.Segment);
                segments[chunk.Segment] = (referred + chunk.StoredLength, Math.Max(length, (long)chunk.Offset + chunk.StoredLength));
            }
        }

        foreach (ChunkHandle chunk in distinct)
        {
            (long referred, long length) = segments[chunk.Segment];
            if (referred * 2 >= length)
            {
                _byContent.TryAdd((chunk.Checksum, chunk.Length), chunk);
            }
        }
    }

    /// <summary>The stored chunk that has these bytes; null: none.</summary>
    public ChunkHandle? Find(UInt128 checksum, int length) => _byContent.GetValueOrDefault((checksum, length));
}
