using QueryStream.Core.Errors;

namespace QueryStream.Rest.Uploads;

/// <summary>Writes what a client sends to a file, and counts it meanwhile: lengths that the client tells may be wrong.</summary>
internal static class UploadCopy
{
    private const int BufferSize = 1 << 16;

    /// <summary>Copies a stream to its end.</summary>
    /// <param name="from">The source.</param>
    /// <param name="path">The file, which must not exist.</param>
    /// <param name="limit">How many bytes are allowed.</param>
    /// <param name="what">What is copied, for errors.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many bytes there were.</returns>
    /// <exception cref="BlobException">There are more than allowed, or they cannot be written.</exception>
    public static async Task<long> RunAsync(Stream from, string path, long limit, string what, CancellationToken cancellationToken)
    {
        FileStream to = Write(what, () => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous));
        await using (to.ConfigureAwait(false))
        {
            byte[] buffer = new byte[BufferSize];
            long length = 0;
            int read;
            while ((read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                length += read;
                if (length > limit)
                {
                    throw new BlobException($"{what} has more than {limit} bytes, which is the limit here. Leave out what the job does not need.")
                    {
                        IsTooLarge = true,
                    };
                }

                await Write(what, () => to.WriteAsync(buffer, 0, read, cancellationToken)).ConfigureAwait(false);
            }

            return length;
        }
    }

    // Apart from reading, whose errors are the client's.
    private static T Write<T>(string what, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BlobException($"{what} cannot be stored ({e.GetType().Name}). Is there a folder of the same name, or is the disk full?", e);
        }
    }
}
