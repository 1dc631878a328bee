using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using QueryStream.Generators;

namespace QueryStream.Testing.Assemblies;

/// <summary>A user's assembly, compiled by a test.</summary>
/// <param name="Folder">The output folder.</param>
/// <param name="Name">The name of the assembly and its file.</param>
/// <param name="Source">Its code.</param>
public sealed record UserAssembly(string Folder, string Name, string Source)
{
    private const string EngineUsings = """
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
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(System.IO.Path.PathSeparator)
                .Select(path => MetadataReference.CreateFromFile(path))
        ];

    /// <summary>The target platform.</summary>
    public Platform Platform { get; init; } = Platform.AnyCpu;

    /// <summary>The target framework.</summary>
    public string Framework { get; init; } = ".NETCoreApp,Version=v10.0";

    /// <summary>Its version.</summary>
    public string Version { get; init; } = "1.0.0.0";

    /// <summary>Whether it is a reference assembly, without code.</summary>
    public bool IsReferenceAssembly { get; init; }

    /// <summary>Further references, which replace the host's assemblies of the same names.</summary>
    public IReadOnlyList<UserAssembly> References { get; init; } = [];

    /// <summary>Whether the engine's namespaces are imported.</summary>
    public bool UsesEngine { get; init; } = true;

    /// <summary>Further namespaces that are imported.</summary>
    public IReadOnlyList<string> Usings { get; init; } = [];

    /// <summary>Whether the generator writes the code of its records.</summary>
    public bool HasRecords { get; init; }

    /// <summary>The path of the file.</summary>
    public string Path => System.IO.Path.Combine(Folder, $"{Name}.dll");

    /// <summary>Compiles it.</summary>
    /// <returns>The path of the file.</returns>
    public string Write()
    {
        string attributes = $"""
            [assembly: System.Runtime.Versioning.TargetFramework("{Framework}")]
            [assembly: System.Reflection.AssemblyVersion("{Version}")]

            """;
        IEnumerable<MetadataReference> host = Host.Where(
            reference => References.All(own => own.Name != System.IO.Path.GetFileNameWithoutExtension(reference.Display)));
        string usings = string.Concat(Usings.Select(name => $"using {name};\n"));
        Compilation compilation = CSharpCompilation.Create(
            Name,
            [CSharpSyntaxTree.ParseText((UsesEngine ? EngineUsings : "using System;\n") + usings + attributes + Source)],
            [.. host, .. References.Select(reference => MetadataReference.CreateFromFile(reference.Path))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, platform: Platform, deterministic: true));
        if (HasRecords)
        {
            GeneratorDriver driver = CSharpGeneratorDriver.Create(new StreamRecordGenerator());
            driver.RunGeneratorsAndUpdateCompilation(compilation, out compilation, out _);
        }

        Directory.CreateDirectory(Folder);
        using FileStream file = File.Create(Path);
        EmitResult result = compilation.Emit(file, options: new EmitOptions(metadataOnly: IsReferenceAssembly));
        return result.Success
            ? Path
            : throw new InvalidOperationException(
                string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
    }
}
