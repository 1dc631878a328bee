using QueryStream.Testing.Assemblies;

namespace QueryStream.CommandLine.Tests;

/// <summary>Jobs of users, compiled by tests.</summary>
internal static class UserJobs
{
    /// <summary>Compiles a job, with the connectors beside it, as a build does.</summary>
    /// <returns>The path of the assembly.</returns>
    public static string Write(UserAssembly assembly)
    {
        Directory.CreateDirectory(assembly.Folder);
        foreach (string connector in Directory.GetFiles(AppContext.BaseDirectory, "QueryStream.Connectors.*.dll"))
        {
            File.Copy(connector, Path.Combine(assembly.Folder, Path.GetFileName(connector)), overwrite: true);
        }

        return assembly.Write();
    }
}
