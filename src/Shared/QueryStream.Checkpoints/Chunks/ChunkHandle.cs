namespace QueryStream.Checkpoints.Chunks;

/// <summary>How the bytes of a chunk are stored. The numbers are stored: they never change.</summary>
public enum ChunkEncoding : byte
{
    /// <summary>Uncompressed.</summary>
    Plain = 0,

    /// <summary>One LZ4 block.</summary>
    Lz4 = 1,
}

/// <summary>The location, length and checksum of a stored chunk. Sent in messages and stored in manifests.</summary>
/// <param name="Segment">The segment that holds it.</param>
/// <param name="Offset">Where it begins in the segment, in bytes.</param>
/// <param name="StoredLength">How many bytes of the segment it takes.</param>
/// <param name="Encoding">How they are stored.</param>
/// <param name="Length">How many bytes it has when it is decoded.</param>
/// <param name="Checksum">XXH128 of the decoded bytes.</param>
public sealed record ChunkHandle(SegmentName Segment, int Offset, int StoredLength, ChunkEncoding Encoding, int Length, UInt128 Checksum);
