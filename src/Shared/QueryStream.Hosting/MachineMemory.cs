using System.Globalization;

namespace QueryStream.Hosting;

/// <summary>The memory of the machine, which the collector's limit may hide.</summary>
internal static class MachineMemory
{
    private const string File = "/proc/meminfo";
    private const string Line = "MemTotal:";

    /// <summary>Its size in bytes; on systems that are not Linux the given one.</summary>
    public static long Total(long otherwise)
    {
        if (!System.IO.File.Exists(File))
        {
            return otherwise;
        }

        string? line = System.IO.File.ReadLines(File).FirstOrDefault(one => one.StartsWith(Line, StringComparison.Ordinal));
        string? size = line?[Line.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes)
            ? kilobytes * 1024
            : otherwise;
    }
}
