using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using QueryStream.Core.Codecs;
using QueryStream.Generators.Analyzers;
using QueryStream.Streams;

namespace QueryStream.Generators.Tests.Driver;

/// <summary>A user's source, compiled with the generator. <c>[|</c> and <c>|]</c> mark the location of the expected diagnostic.</summary>
internal sealed class Compiled
{
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(CodecException).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(StreamRecordAttribute).Assembly.Location),
    ];

    private Compiled(CSharpCompilation compilation, ImmutableArray<Diagnostic> reported, TextSpan? marked)
    {
        Compilation = compilation;
        Reported = reported;
        Marked = marked;
    }

    public CSharpCompilation Compilation { get; }

    /// <summary>The generator's diagnostics.</summary>
    public ImmutableArray<Diagnostic> Reported { get; }

    /// <summary>The marked part of the source.</summary>
    public TextSpan? Marked { get; }

    /// <summary>The compiler's diagnostics, including warnings.</summary>
    public IEnumerable<Diagnostic> Complaints => Compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity > DiagnosticSeverity.Hidden);

    public static Compiled From(string source)
    {
        (CSharpCompilation compilation, TextSpan? marked) = Parse(source);
        GeneratorDriver driver = NewDriver().RunGeneratorsAndUpdateCompilation(
            compilation, out Compilation updated, out ImmutableArray<Diagnostic> reported);
        Assert.All(driver.GetRunResult().Results, result => Assert.Null(result.Exception));
        return new Compiled((CSharpCompilation)updated, reported, marked);
    }

    public static GeneratorDriver NewDriver() => CSharpGeneratorDriver.Create(
        [new StreamRecordGenerator().AsSourceGenerator()],
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static (CSharpCompilation Compilation, TextSpan? Marked) Parse(string source)
    {
        int start = source.IndexOf("[|", StringComparison.Ordinal);
        string text = source.Replace("[|", "", StringComparison.Ordinal);
        int end = text.IndexOf("|]", StringComparison.Ordinal);
        text = text.Replace("|]", "", StringComparison.Ordinal);
        CSharpCompilationOptions options = new(
            OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable,
            warningLevel: 9999,
            allowUnsafe: true);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(text, path: "User.cs");
        return (CSharpCompilation.Create("User", [tree], References, options), start < 0 ? null : TextSpan.FromBounds(start, end));
    }

    /// <summary>The analyzers' diagnostics.</summary>
    public async Task<ImmutableArray<Diagnostic>> AnalyzeAsync() =>
        await Compilation.WithAnalyzers(
            [new UnnamedOperatorAnalyzer(), new AsyncFunctionAnalyzer(), new FunctionStateAnalyzer()]).GetAnalyzerDiagnosticsAsync();
}
