using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace QueryStream.Testing.Assemblies;

/// <summary>An assembly as a user's build leaves it in a folder, compiled by a test.</summary>
/// <param name="Folder">Where it is written.</param>
/// <param name="Name">Its name; the file has it too.</param>
/// <param name="Source">Its code.</param>
public sealed record UserAssembly(string Folder, string Name, string Source)
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using QueryStream.Core.Time;
        using QueryStream.Streams;
        using QueryStream.Streams.Batches;
        using QueryStream.Streams.Connectors;
        using QueryStream.Streams.Settings;
        using QueryStream.Streams.Windows;

        """;

    private static readonly MetadataReference[] Host =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(System.IO.Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>The machine that it is built for.</summary>
    public Platform Platform { get; init; } = Platform.AnyCpu;

    /// <summary>What it says it was built for.</summary>
    public string Framework { get; init; } = ".NETCoreApp,Version=v10.0";

    /// <summary>Its version.</summary>
    public string Version { get; init; } = "1.0.0.0";

    /// <summary>Whether it holds no code.</summary>
    public bool IsReferenceAssembly { get; init; }

    /// <summary>What it is compiled against besides; stands in for what the host has of the same name.</summary>
    public IReadOnlyList<UserAssembly> References { get; init; } = [];

    /// <summary>Whether the types of the engine are in scope.</summary>
    public bool UsesEngine { get; init; } = true;

    /// <summary>The file.</summary>
    public string Path => System.IO.Path.Combine(Folder, $"{Name}.dll");

    /// <summary>Compiles it.</summary>
    /// <returns>The file.</returns>
    public string Write()
    {
        string attributes = $"""
            [assembly: System.Runtime.Versioning.TargetFramework("{Framework}")]
            [assembly: System.Reflection.AssemblyVersion("{Version}")]

            """;
        IEnumerable<MetadataReference> host = Host.Where(reference => References.All(own => own.Name != System.IO.Path.GetFileNameWithoutExtension(reference.Display)));
        CSharpCompilation compilation = CSharpCompilation.Create(
            Name,
            [CSharpSyntaxTree.ParseText((UsesEngine ? Usings : "using System;\n") + attributes + Source)],
            [.. host, .. References.Select(reference => MetadataReference.CreateFromFile(reference.Path))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, platform: Platform, deterministic: true));
        Directory.CreateDirectory(Folder);
        using FileStream file = File.Create(Path);
        EmitResult result = compilation.Emit(file, options: new EmitOptions(metadataOnly: IsReferenceAssembly));
        return result.Success ? Path : throw new InvalidOperationException(string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
    }
}
