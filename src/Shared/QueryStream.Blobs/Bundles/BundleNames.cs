using System.Buffers;
using System.Text;

namespace QueryStream.Blobs.Bundles;

/// <summary>
/// The names that files of a bundle may have. They come from another machine and become paths here, so everything is refused that could leave the
/// folder, mean another file on another operating system, or be no file.
/// </summary>
public static class BundleNames
{
    private const int MaxLength = 512;
    private const int MaxPartBytes = 255;

    // What one of the operating systems gives a meaning of its own.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\\:*?\"<>|");

    private static readonly string[] Devices =
    [
        "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    ];

    /// <summary>What is wrong with a name; null if it is allowed.</summary>
    public static string? Problem(string name)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return $"has {name.Length} characters, and 1 to {MaxLength} are allowed";
        }

        if (name.Any(char.IsControl) || name.AsSpan().ContainsAny(Forbidden) || !name.IsNormalized(NormalizationForm.FormC))
        {
            return "has a character that is not allowed, or is not in normalization form C";
        }

        return name.Split('/').Any(part => !IsPart(part))
            ? "must consist of names that are separated by single slashes, without '.' and '..', and stay in the folder of the job"
            : null;
    }

    private static bool IsPart(string part) =>
        part.Length > 0
        && Encoding.UTF8.GetByteCount(part) <= MaxPartBytes
        && !char.IsWhiteSpace(part[0])
        && !char.IsWhiteSpace(part[^1])
        && part[^1] != '.'
        && !Devices.Contains(part.Split('.')[0], StringComparer.OrdinalIgnoreCase);
}
