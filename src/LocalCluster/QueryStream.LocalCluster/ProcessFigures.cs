using System.Diagnostics;
using System.Globalization;

namespace QueryStream.Local;

/// <summary>The CPU time and memory that this process has used since its start.</summary>
/// <param name="CpuSeconds">CPU time of all threads, in seconds.</param>
/// <param name="PeakMemoryMegabytes">The largest resident memory so far, in MiB.</param>
/// <param name="AllocatedMegabytes">All allocations on the managed heap so far, in MiB.</param>
public readonly record struct ProcessFigures(double CpuSeconds, double PeakMemoryMegabytes, double AllocatedMegabytes)
{
    private const double Megabyte = 1024 * 1024;
    private const string StatusFile = "/proc/self/status";
    private const string PeakLine = "VmHWM:";

    /// <summary>Reads the current figures.</summary>
    public static ProcessFigures Now()
    {
        using Process process = Process.GetCurrentProcess();
        return new ProcessFigures(
            process.TotalProcessorTime.TotalSeconds,
            PeakMemory(process) / Megabyte,
            GC.GetTotalAllocatedBytes(precise: true) / Megabyte);
    }

    // Read from Linux, or from the runtime on other systems.
    private static double PeakMemory(Process process)
    {
        if (!File.Exists(StatusFile))
        {
            return process.PeakWorkingSet64;
        }

        string line = File.ReadLines(StatusFile).First(candidate => candidate.StartsWith(PeakLine, StringComparison.Ordinal));
        string kilobytes = line[PeakLine.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.Parse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture) * 1024.0;
    }
}
