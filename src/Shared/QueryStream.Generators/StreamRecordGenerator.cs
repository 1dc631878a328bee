using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QueryStream.Generators.Emit;
using QueryStream.Generators.Model;

namespace QueryStream.Generators;

/// <summary>Generates the codec, key type and JSON format of each [StreamRecord] type.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class StreamRecordGenerator : IIncrementalGenerator
{
    internal const string RecordsStep = "StreamRecords";

    private const string Attribute = "QueryStream.Streams.StreamRecordAttribute";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // Later steps only see models, which are compared by value.
        IncrementalValuesProvider<RecordModel> records = context.SyntaxProvider
            .ForAttributeWithMetadataName(Attribute, static (node, _) => node is TypeDeclarationSyntax, static (found, _) => Inspect(found))
            .WithTrackingName(RecordsStep);
        context.RegisterSourceOutput(records, static (output, record) => Generate(output, record));
    }

    private static RecordModel Inspect(GeneratorAttributeSyntaxContext found)
    {
        object? naming = found.Attributes[0].NamedArguments.FirstOrDefault(argument => argument.Key == "JsonNaming").Value.Value;
        return RecordInspector.Inspect((INamedTypeSymbol)found.TargetSymbol, naming is int number ? number : 0, found.SemanticModel.Compilation);
    }

    private static void Generate(SourceProductionContext output, RecordModel record)
    {
        foreach (DiagnosticModel diagnostic in record.Diagnostics)
        {
            output.ReportDiagnostic(diagnostic.ToDiagnostic());
        }

        if (!record.HasErrors)
        {
            output.AddSource(record.FileName, RecordEmitter.Emit(record));
        }
    }
}
