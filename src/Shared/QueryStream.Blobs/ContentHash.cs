using System.Buffers;
using System.Security.Cryptography;

namespace QueryStream.Blobs;

/// <summary>The SHA-256 of some bytes, which names them: 64 lower-case hexadecimal digits.</summary>
public readonly record struct ContentHash
{
    private const int Digits = 2 * SHA256.HashSizeInBytes;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    private readonly string? _text;

    private ContentHash(string text) => _text = text;

    /// <summary>The hash of bytes.</summary>
    public static ContentHash Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>The hash of a file.</summary>
    public static async Task<ContentHash> OfFileAsync(string path, CancellationToken cancellationToken)
    {
        FileStream file = BlobFiles.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            return await OfAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Parses 64 lower-case digits. Only these: a hash is also a file name, and must have one spelling.</summary>
    public static bool TryParse(string? text, out ContentHash hash)
    {
        bool isHash = text is { Length: Digits } && !text.AsSpan().ContainsAnyExcept(Hex);
        hash = isHash ? new ContentHash(text!) : default;
        return isHash;
    }

    /// <inheritdoc/>
    public override string ToString() => _text ?? new string('0', Digits);

    internal static async Task<ContentHash> OfAsync(Stream stream, CancellationToken cancellationToken) =>
        new(Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false)));

    internal static ContentHash OfDigest(ReadOnlySpan<byte> digest) => new(Convert.ToHexStringLower(digest));
}
