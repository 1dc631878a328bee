using System.Globalization;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using QueryStream.Core.Errors;

namespace QueryStream.JobAssemblies;

/// <summary>Checks whether an assembly can run in this process: its kind, machine and framework, and the engine that it was built against.</summary>
internal static class Compatibility
{
    private const string Core = ".NETCoreApp,Version=v";
    private const string Standard = ".NETStandard,";
    private const string Contract = "QueryStream.Streams";
    private static readonly string Target = string.Create(CultureInfo.InvariantCulture, $"build it for net{Environment.Version.Major}.0.");

    /// <summary>Throws if an assembly cannot run in this process.</summary>
    /// <exception cref="JobAssemblyException">It cannot run here; the message says why.</exception>
    public static void Require(AssemblyFile file)
    {
        if (file.IsReferenceAssembly)
        {
            throw new JobAssemblyException($"{file.FileName} is a reference assembly, which holds no code (those in obj are): give the one in bin.");
        }

        RequireMachine(file);
        RequireFramework(file);
        RequireEngine(file);
    }

    private static void RequireMachine(AssemblyFile file)
    {
        Architecture? needed = file.RunsOn switch
        {
            Machine.I386 => Architecture.X86,
            Machine.Amd64 => Architecture.X64,
            Machine.Arm or Machine.ArmThumb2 => Architecture.Arm,
            Machine.Arm64 => Architecture.Arm64,
            _ => null,
        };
        Architecture here = RuntimeInformation.ProcessArchitecture;
        if (needed is not null && needed != here)
        {
            throw new JobAssemblyException(
                $"{file.FileName} was built for {Name(needed.Value)}, and this process is {Name(here)}: build it for AnyCPU or {Name(here)}.");
        }
    }

    private static void RequireFramework(AssemblyFile file)
    {
        string framework = file.TargetFramework;
        if (framework.StartsWith(Core, StringComparison.Ordinal))
        {
            bool isNewer = Version.TryParse(framework.AsSpan(Core.Length), out Version? version) && version.Major > Environment.Version.Major;
            if (isNewer)
            {
                throw new JobAssemblyException(
                    $"{file.FileName} was built for .NET {version!.ToString(2)}, and this process runs .NET {Environment.Version.ToString(2)}: "
                    + Target);
            }
        }
        else if (framework.Length > 0 && !framework.StartsWith(Standard, StringComparison.Ordinal))
        {
            throw new JobAssemblyException(
                $"{file.FileName} was built for {framework.Replace(",Version=v", " ", StringComparison.Ordinal)}: "
                + Target);
        }
    }

    // A major version removes nothing, so the engine runs assemblies that were built against it or against an older minor version.
    private static void RequireEngine(AssemblyFile file)
    {
        AssemblyReference? newer = null;
        bool hasContract = false;
        foreach (AssemblyReference reference in file.References)
        {
            hasContract |= reference.Name == Contract;
            if (HostAssemblies.IsEngine(reference.Name)
                && (reference.Version > HostAssemblies.EngineVersion || reference.Version.Major != HostAssemblies.EngineVersion.Major))
            {
                newer ??= reference;
            }
        }

        if (newer is { } other)
        {
            throw new JobAssemblyException(
                $"{file.FileName} was built against {other.Name} {other.Version}, and this process has {HostAssemblies.EngineVersion}: "
                + "build it against this version.");
        }

        if (!hasContract)
        {
            throw new JobAssemblyException($"{file.FileName} has no job: it does not reference {Contract}, where IStreamJob is.");
        }
    }

    private static string Name(Architecture architecture) => architecture.ToString().ToLowerInvariant();
}
