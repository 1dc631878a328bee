using System.Runtime.InteropServices;

namespace QueryStream.JobSubmit.Machine;

/// <summary>Signals, which .NET can only catch and not send.</summary>
internal static partial class Posix
{
    /// <summary>Asks a process to stop.</summary>
    public const int Terminate = 15;

    /// <summary>Ends a process at once.</summary>
    public const int Kill = 9;

    /// <summary>Freezes a process, which cannot refuse.</summary>
    public static readonly int Stop = OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>Lets a frozen process go on.</summary>
    public static readonly int Continue = OperatingSystem.IsMacOS() ? 19 : 18;

    /// <summary>Sends a signal.</summary>
    /// <returns>0, or -1 where there is no such process of this user.</returns>
    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Send(int process, int signal);
}
