using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using QueryStream.Core.Errors;

namespace QueryStream.JobAssemblies;

/// <summary>The metadata of an assembly, read from its file without loading it.</summary>
internal sealed class AssemblyFile
{
    private AssemblyFile(string path, PEReader image, MetadataReader metadata)
    {
        Path = path;
        AssemblyDefinition assembly = metadata.GetAssemblyDefinition();
        Name = metadata.GetString(assembly.Name);
        References = [.. metadata.AssemblyReferences.Select(handle =>
        {
            System.Reflection.Metadata.AssemblyReference reference = metadata.GetAssemblyReference(handle);
            return new AssemblyReference(metadata.GetString(reference.Name), reference.Version);
        })];
        Machine machine = image.PEHeaders.CoffHeader.Machine;
        bool is32Bit = image.PEHeaders.CorHeader?.Flags.HasFlag(CorFlags.Requires32Bit) == true;
        RunsOn = machine == Machine.I386 && !is32Bit ? null : machine;
        foreach (CustomAttribute attribute in assembly.GetCustomAttributes().Select(metadata.GetCustomAttribute))
        {
            switch (NameOf(metadata, attribute))
            {
                case "TargetFrameworkAttribute":
                    TargetFramework = FirstText(metadata, attribute);
                    break;
                case "ReferenceAssemblyAttribute":
                    IsReferenceAssembly = true;
                    break;
            }
        }
    }

    /// <summary>The full path of the file.</summary>
    public string Path { get; }

    /// <summary>The name of the file, for messages.</summary>
    public string FileName => System.IO.Path.GetFileName(Path);

    /// <summary>The assembly's simple name.</summary>
    public string Name { get; }

    /// <summary>The processor architecture that it was compiled for; null for any.</summary>
    public Machine? RunsOn { get; }

    /// <summary>The target framework, for example <c>.NETCoreApp,Version=v10.0</c>; empty if there is none.</summary>
    public string TargetFramework { get; } = "";

    /// <summary>Whether it is a reference assembly, which has no code.</summary>
    public bool IsReferenceAssembly { get; }

    /// <summary>The assemblies that it was compiled against.</summary>
    public IReadOnlyList<AssemblyReference> References { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="JobAssemblyException">It does not exist, cannot be read, or is not a .NET assembly.</exception>
    public static AssemblyFile Read(string path)
    {
        string name = System.IO.Path.GetFileName(path);
        try
        {
            using PEReader image = new(File.OpenRead(path));
            return image.HasMetadata && image.GetMetadataReader() is { IsAssembly: true } metadata
                ? new AssemblyFile(path, image, metadata)
                : throw new JobAssemblyException($"'{path}' is a native library, not a .NET assembly.");
        }
        catch (Exception e) when (DamagedAssembly.IsDamage(e))
        {
            if (System.IO.Path.GetExtension(path) is ".csproj" or ".fsproj" or ".vbproj" or ".sln" or ".slnx" or ".cs")
            {
                throw new JobAssemblyException(
                    $"'{path}' is source code. Build it (dotnet build -c Release) and give the .dll, or run a project with dotnet run --project.",
                    e);
            }

            string beside = System.IO.Path.ChangeExtension(path, ".dll");
            string instead = beside != path && File.Exists(beside) ? $" Give the {System.IO.Path.GetFileName(beside)} beside it." : "";
            throw new JobAssemblyException($"'{path}' is not a .NET assembly, or is damaged.{instead}", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new JobAssemblyException($"There is no file '{path}'. Is the job built? For example: dotnet build -c Release", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobAssemblyException($"'{name}' cannot be read: {e.Message}", e);
        }
    }

    private static string NameOf(MetadataReader metadata, CustomAttribute attribute)
    {
        EntityHandle type = attribute.Constructor.Kind == HandleKind.MemberReference
            ? metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent
            : metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType();
        return type.Kind switch
        {
            HandleKind.TypeReference => metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)type).Name),
            HandleKind.TypeDefinition => metadata.GetString(metadata.GetTypeDefinition((TypeDefinitionHandle)type).Name),
            _ => "",
        };
    }

    // An attribute is a prolog of two bytes, then its arguments.
    private static string FirstText(MetadataReader metadata, CustomAttribute attribute)
    {
        BlobReader bytes = metadata.GetBlobReader(attribute.Value);
        bytes.ReadUInt16();
        return bytes.ReadSerializedString() ?? "";
    }
}

/// <summary>A reference to another assembly.</summary>
/// <param name="Name">Its simple name.</param>
/// <param name="Version">The version that it was compiled against.</param>
internal readonly record struct AssemblyReference(string Name, Version Version);
