using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace QueryStream.Generators.Model;

/// <summary>A diagnostic without symbols or trees, for the generator's pipeline.</summary>
internal sealed record DiagnosticModel(string Id, string File, TextSpan Span, LinePositionSpan Lines, EquatableArray<string> Arguments)
{
    public static DiagnosticModel At(DiagnosticDescriptor rule, Location? location, params string[] arguments) => new(
        rule.Id,
        location?.SourceTree?.FilePath ?? "",
        location?.SourceSpan ?? default,
        location?.GetLineSpan().Span ?? default,
        new EquatableArray<string>([.. arguments]));

    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        Rules.OfGenerator.First(rule => rule.Id == Id),
        Location.Create(File, Span, Lines),
        [.. Arguments]);
}
