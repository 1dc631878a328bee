namespace QueryStream.Blobs;

/// <summary>Keeps a copy of each blob outside of this process, so that another coordinator has it when it takes over. Safe on any thread.</summary>
public interface IBlobCopies
{
    /// <summary>Keeps a blob. Durable when it completes.</summary>
    Task WriteAsync(ContentHash hash, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>A blob; null: there is none.</summary>
    Task<byte[]?> ReadAsync(ContentHash hash, CancellationToken cancellationToken);

    /// <summary>The blobs that are kept.</summary>
    Task<IReadOnlyList<ContentHash>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Deletes a blob, if it is there.</summary>
    Task DeleteAsync(ContentHash hash, CancellationToken cancellationToken);
}
