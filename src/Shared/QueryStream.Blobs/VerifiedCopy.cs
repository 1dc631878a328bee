using System.Security.Cryptography;
using QueryStream.Core.Errors;

namespace QueryStream.Blobs;

/// <summary>Copies bytes and computes their hash meanwhile.</summary>
internal static class VerifiedCopy
{
    private const int BufferSize = 1 << 16;

    /// <summary>Copies a stream to its end.</summary>
    /// <param name="from">The source.</param>
    /// <param name="to">The target.</param>
    /// <param name="maxLength">How many bytes are allowed: whoever sends more must not fill the disk.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The hash of the bytes.</returns>
    /// <exception cref="BlobException">There are more bytes than allowed.</exception>
    public static async Task<ContentHash> RunAsync(Stream from, Stream to, long maxLength, CancellationToken cancellationToken)
    {
        using IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferSize];
        long length = 0;
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            length += read;
            if (length > maxLength)
            {
                throw new BlobException($"A blob is larger than {maxLength} bytes, which is the limit here.") { IsTooLarge = true };
            }

            digest.AppendData(buffer, 0, read);
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }

        return ContentHash.OfDigest(digest.GetHashAndReset());
    }
}
