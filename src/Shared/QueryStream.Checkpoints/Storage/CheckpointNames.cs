using System.Globalization;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Storage;

/// <summary>The names in the path of a checkpoint: <c>JOB/chk-ID/_metadata</c>.</summary>
internal static class CheckpointNames
{
    /// <summary>The file of its manifest.</summary>
    public const string Manifest = "_metadata";

    private const string Prefix = "chk-";

    public static string Of(CheckpointId id) => Prefix + id;

    public static bool TryParse(string text, out CheckpointId id)
    {
        id = default;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)
            || !long.TryParse(text.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return false;
        }

        id = new CheckpointId(number);
        return true;
    }

    public static bool TryParse(string text, out JobId job)
    {
        job = default;
        if (text.Length != 32 || !UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 number))
        {
            return false;
        }

        job = new JobId(number);
        return true;
    }
}
