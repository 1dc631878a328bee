using System.IO.Compression;

namespace QueryStream.Connectors.Files.Source;

/// <summary>
/// Decompresses a gzip file of one or more members, and throws <see cref="InvalidDataException"/> if it is damaged, truncated, or followed by other
/// data. .NET checks checksum and length of each complete member, but accepts the end of the input within a member. To detect truncation, a probe
/// is appended to the input: one more member with known content. If it does not come out alone and complete, the file is truncated. An empty file
/// is valid, since .NET compresses empty content to nothing. Used by one thread at a time.
/// </summary>
internal sealed class GzipFile : ReadOnlyStream
{
    private readonly GzipInput _input;
    private readonly GZipStream _unpacked;
    private bool _hasEnded;

    /// <summary>Decompresses a file, which is disposed with the stream.</summary>
    public GzipFile(Stream file)
    {
        _input = new GzipInput(file);
        _unpacked = new GZipStream(_input, CompressionMode.Decompress);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = _hasEnded ? 0 : await _unpacked.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read == 0 && !_hasEnded)
        {
            await CheckEndAsync(cancellationToken).ConfigureAwait(false);
            _hasEnded = true;
        }

        return read;
    }

    public override ValueTask DisposeAsync() => _unpacked.DisposeAsync();

    private async Task CheckEndAsync(CancellationToken cancellationToken)
    {
        if (!_input.IsAtEnd)
        {
            // The last member is complete, or the stream would have read on.
            throw new InvalidDataException("the last gzip member is followed by other data");
        }

        byte[] unpacked = new byte[GzipProbe.Content.Length + 1];
        int length = 0;
        try
        {
            _input.Append(GzipProbe.Member);
            length = await _unpacked.ReadAtLeastAsync(unpacked, unpacked.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            // The probe was read as the rest of an incomplete member.
        }

        if (!unpacked.AsSpan(0, length).SequenceEqual(GzipProbe.Content))
        {
            throw new InvalidDataException("the file is truncated: its last gzip member is incomplete");
        }
    }
}

/// <summary>
/// The member that is appended to a gzip file. If the file is truncated within an uncompressed block, the probe's header comes out instead of its
/// content.
/// </summary>
internal static class GzipProbe
{
    public static ReadOnlySpan<byte> Content => "end of the gzip file?"u8;

    public static byte[] Member { get; } = CreateMember();

    private static byte[] CreateMember()
    {
        using MemoryStream member = new();
        using (GZipStream packed = new(member, CompressionLevel.NoCompression))
        {
            packed.Write(Content);
        }

        return member.ToArray();
    }
}

/// <summary>A file followed by appended bytes.</summary>
/// <param name="file">The file, which is disposed with the stream.</param>
internal sealed class GzipInput(Stream file) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _appended;

    /// <summary>Whether the file was read to its end.</summary>
    public bool IsAtEnd { get; private set; }

    public void Append(byte[] bytes) => _appended = bytes;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = IsAtEnd ? 0 : await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        IsAtEnd |= read == 0;
        if (read == 0)
        {
            read = Math.Min(buffer.Length, _appended.Length);
            _appended[..read].CopyTo(buffer);
            _appended = _appended[read..];
        }

        return read;
    }

    public override ValueTask DisposeAsync() => file.DisposeAsync();
}

/// <summary>A stream that supports only asynchronous, sequential reads.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public sealed override bool CanRead => true;

    public sealed override bool CanSeek => false;

    public sealed override bool CanWrite => false;

    public sealed override long Length => throw new NotSupportedException();

    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public abstract override ValueTask DisposeAsync();

    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public sealed override void Flush()
    {
    }
}
