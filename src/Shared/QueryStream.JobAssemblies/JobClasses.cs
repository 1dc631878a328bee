using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using QueryStream.Core.Errors;
using QueryStream.Streams;

namespace QueryStream.JobAssemblies;

/// <summary>The jobs of an assembly, found in its metadata: nothing of it is loaded or run.</summary>
public static class JobClasses
{
    // Of the base types and interfaces of one class, or of the classes around it: more is no program, and would exhaust the stack.
    private const int MaxTypes = 256;

    private static readonly (string Namespace, string Name) Job = (typeof(IStreamJob).Namespace!, nameof(IStreamJob));

    /// <summary>
    /// The full names of the classes that are jobs, sorted. A class that is a job only through a base class or interface of another assembly is not
    /// found; it can be run by its name all the same.
    /// </summary>
    /// <param name="path">The full path of the assembly.</param>
    /// <exception cref="JobAssemblyException">The file cannot be read, is not a .NET assembly, or is damaged.</exception>
    public static IReadOnlyList<string> Of(string path)
    {
        // Says what is wrong with a file that is no assembly.
        _ = AssemblyFile.Read(path);
        return DamagedAssembly.Guard(path, () =>
        {
            using PEReader image = new(File.OpenRead(path));
            MetadataReader metadata = image.GetMetadataReader();
            return metadata.TypeDefinitions
                .Where(handle => IsRunnable(metadata.GetTypeDefinition(handle)) && IsJob(metadata, handle, []))
                .Select(handle => NameOf(metadata, metadata.GetTypeDefinition(handle), [])).Order(StringComparer.Ordinal).ToArray();
        });
    }

    private static bool IsRunnable(TypeDefinition type) =>
        (type.Attributes & (TypeAttributes.Interface | TypeAttributes.Abstract)) == 0 && type.GetGenericParameters().Count == 0;

    // Damaged metadata may have a type among its own base types. What a generic one, or one of another assembly, derives from is not looked at.
    private static bool IsJob(MetadataReader metadata, EntityHandle handle, HashSet<EntityHandle> seen)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeReference:
                TypeReference reference = metadata.GetTypeReference((TypeReferenceHandle)handle);
                return (metadata.GetString(reference.Namespace), metadata.GetString(reference.Name)) == Job;
            case HandleKind.TypeDefinition when seen.Count < MaxTypes && seen.Add(handle):
                TypeDefinition type = metadata.GetTypeDefinition((TypeDefinitionHandle)handle);
                return type.GetInterfaceImplementations()
                        .Any(one => IsJob(metadata, metadata.GetInterfaceImplementation(one).Interface, seen))
                    || (!type.BaseType.IsNil && IsJob(metadata, type.BaseType, seen));
            default:
                return false;
        }
    }

    private static string NameOf(MetadataReader metadata, TypeDefinition type, HashSet<TypeDefinitionHandle> seen)
    {
        string name = metadata.GetString(type.Name);
        TypeDefinitionHandle outer = type.GetDeclaringType();
        if (!outer.IsNil && seen.Count < MaxTypes && seen.Add(outer))
        {
            return $"{NameOf(metadata, metadata.GetTypeDefinition(outer), seen)}+{name}";
        }

        string folder = metadata.GetString(type.Namespace);
        return folder.Length == 0 ? name : $"{folder}.{name}";
    }
}
