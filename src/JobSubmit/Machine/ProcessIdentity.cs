using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;

namespace QueryStream.JobSubmit.Machine;

/// <summary>A process that is not mistaken for a later one with the same number.</summary>
/// <param name="Id">The number of the process.</param>
/// <param name="Birth">When it was started, as the system counts.</param>
internal sealed record ProcessIdentity(int Id, string Birth)
{
    // Fields of /proc/PID/stat after the name of the program, which is in parentheses and may contain anything.
    private const int StateField = 0;
    private const int StartTimeField = 19;

    /// <summary>Whether the process lives. One that has ended and waits for its parent to notice does not.</summary>
    [JsonIgnore]
    public bool IsAlive => BirthOf(Id) == Birth;

    /// <summary>The process with a number; null: there is none.</summary>
    public static ProcessIdentity? Of(int id) => BirthOf(id) is { } birth ? new ProcessIdentity(id, birth) : null;

    /// <summary>Sends a signal, unless the process has ended.</summary>
    public void Send(int signal)
    {
        if (IsAlive)
        {
            _ = Posix.Send(Id, signal);
        }
    }

    private static string? BirthOf(int id) => OperatingSystem.IsLinux() ? BirthOnLinux(id) : BirthElsewhere(id);

    // Clock ticks since the machine was started, since the time of day may be set; so it also needs to be known which start of the machine that was.
    private static string? BirthOnLinux(int id)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[StateField] is "Z" or "X" ? null : $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}/{fields[StartTimeField]}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? BirthElsewhere(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return process.HasExited ? null : process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}
