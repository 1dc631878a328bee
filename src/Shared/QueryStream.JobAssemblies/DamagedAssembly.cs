using QueryStream.Core.Errors;

namespace QueryStream.JobAssemblies;

/// <summary>Turns what the library throws on the metadata of a damaged assembly into an error of its own.</summary>
internal static class DamagedAssembly
{
    /// <summary>Reads something of an assembly.</summary>
    /// <exception cref="JobAssemblyException">The assembly is damaged.</exception>
    public static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw new JobAssemblyException($"'{Path.GetFileName(path)}' is damaged: {e.Message} Build it again.", e);
        }
    }

    /// <summary>
    /// Whether an exception tells of damage. Besides the documented one, readers of metadata throw others where offsets and counts point nowhere.
    /// </summary>
    public static bool IsDamage(Exception e) =>
        e is BadImageFormatException or ArgumentException or InvalidOperationException or OverflowException or InvalidCastException
            or IndexOutOfRangeException or NotSupportedException;
}
