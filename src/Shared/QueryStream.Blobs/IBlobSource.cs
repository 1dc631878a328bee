using QueryStream.Core.Errors;

namespace QueryStream.Blobs;

/// <summary>Where blobs come from: a store of this process, or the leading coordinator's. Safe on any thread.</summary>
public interface IBlobSource
{
    /// <summary>Opens a blob. The caller verifies the hash of what it reads, and disposes the stream.</summary>
    /// <exception cref="BlobException">There is no such blob, or it cannot be read.</exception>
    /// <exception cref="ServiceUnavailableException">No coordinator can be reached.</exception>
    Task<Stream> OpenAsync(ContentHash hash, CancellationToken cancellationToken);
}
