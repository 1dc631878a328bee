using System.Globalization;
using QueryStream.Core.Errors;

namespace QueryStream.Cluster.Host.Properties;

/// <summary>
/// The memory of a process, as <c>taskmanager.memory.process.size</c> sets it: the heap gets what code, threads, sockets and the Kafka client leave
/// of it. A process that needs more fails with an OutOfMemoryException, instead of being killed by the system.
/// </summary>
internal static class MemoryLimit
{
    // Measured: an idle worker has about 100 MB outside of its heap with the Kafka client loaded. What grows with the size are queues of that client.
    private const long FixedOverhead = 96L << 20;
    private const int OverheadPercent = 15;

    /// <summary>The least memory of a process.</summary>
    private const long Minimum = 192L << 20;

    private const long Maximum = 1L << 44;

    private static readonly (string Unit, int Shift)[] Units =
        [("kb", 10), ("mb", 20), ("gb", 30), ("tb", 40), ("k", 10), ("m", 20), ("g", 30), ("t", 40), ("b", 0), ("", 0)];

    /// <summary>The part of the heap that rows between tasks may take.</summary>
    private const int ChannelPercent = 20;

    /// <summary>Limits this process, if its properties say so.</summary>
    /// <returns>The bytes for rows between tasks; 0: the memory is not limited.</returns>
    /// <exception cref="SettingException">The size is none, or is too small.</exception>
    public static long Apply(ProcessProperties properties, NodeRole role)
    {
        string key = role == NodeRole.Worker ? PropertyKeys.WorkerMemory : PropertyKeys.CoordinatorMemory;
        if (properties.Find(key) is not { } text)
        {
            return 0;
        }

        if (!TryParse(text, out long size))
        {
            throw properties.Error(key, $"'{text}' is no size. Write a number with a unit, for example 2g, 1728m or 2147483648.");
        }

        if (size is < Minimum or > Maximum)
        {
            throw properties.Error(key, $"{text} is not allowed. Allowed: {Minimum >> 20}m to {Maximum >> 40}t.");
        }

        try
        {
            AppContext.SetData("GCHeapHardLimit", (ulong)HeapOf(size));
            GC.RefreshMemoryLimit();
        }
        catch (InvalidOperationException e)
        {
            throw properties.Error(key, $"{text} cannot be set: {e.Message}");
        }

        return HeapOf(size) / 100 * ChannelPercent;
    }

    /// <summary>The part of a process that its heap may take, in bytes.</summary>
    public static long HeapOf(long size) => size - FixedOverhead - (size / 100 * OverheadPercent);

    /// <summary>Reads a size in Flink's syntax: <c>1728m</c>, <c>2gb</c>, <c>2 GB</c>, or bytes.</summary>
    public static bool TryParse(string text, out long size)
    {
        string lower = text.Trim().ToLowerInvariant();
        (string unit, int shift) = Units.First(candidate => lower.EndsWith(candidate.Unit, StringComparison.Ordinal));
        bool isNumber = long.TryParse(
            lower.AsSpan(0, lower.Length - unit.Length).TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        size = isNumber && number <= long.MaxValue >> shift ? number << shift : 0;
        return isNumber && size > 0;
    }
}
