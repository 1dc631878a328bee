using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit.Abstractions;

namespace QueryStream.Architecture.Tests;

/// <summary>What every source file keeps to.</summary>
public sealed class CodeTests(ITestOutputHelper output)
{
    private const int MaxLines = 600;
    private const int TargetLines = 300;
    private const int MaxLinesOfSeveralTypes = 450;
    private const int MaxMethodLines = 80;
    private const int TargetMethodLines = 40;
    private const int MaxColumns = 150;

    [Fact]
    public void Files_are_short()
    {
        foreach (CodeFile file in Repository.Code.Where(file => file.Lines > TargetLines))
        {
            output.WriteLine($"warning: {file.Path} has {file.Lines} lines; aim at {TargetLines}");
        }

        Rule.IsBrokenNowhere(Repository.Code.Where(file => file.Lines > MaxLines).Select(file => $"{file.Path}: {file.Lines} lines"));
    }

    [Fact]
    public void Methods_are_short()
    {
        List<string> tooLong = [];
        foreach (CodeFile file in Repository.Code)
        {
            foreach (BaseMethodDeclarationSyntax method in file.Nodes<BaseMethodDeclarationSyntax>())
            {
                FileLinePositionSpan span = method.GetLocation().GetLineSpan();
                int lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
                if (lines > MaxMethodLines)
                {
                    tooLong.Add($"{file.At(method)}: {lines} lines");
                }
                else if (lines > TargetMethodLines)
                {
                    output.WriteLine($"warning: {file.At(method)} has a method of {lines} lines; aim at {TargetMethodLines}");
                }
            }
        }

        Rule.IsBrokenNowhere(tooLong);
    }

    [Fact]
    public void Lines_are_short() =>
        Rule.IsBrokenNowhere(
            from file in Repository.Code
            from line in file.LinesLongerThan(MaxColumns)
            select $"{file.Path}({line.Number}) has {line.Columns} columns; wrap it at {MaxColumns}");

    [Fact]
    public void A_file_with_one_type_has_its_name()
    {
        List<string> wrong = [];
        foreach (CodeFile file in Repository.Code)
        {
            // Types of one name that differ in their type parameters are one to a reader.
            List<string> names = [.. file.TopLevelTypes.Select(NameOf).Distinct()];
            string expected = Path.GetFileNameWithoutExtension(file.Path).Split('.')[0];
            if (names.Count == 1 && !new[] { names[0], $"{names[0]}OfT", $"{names[0]}s" }.Contains(expected))
            {
                wrong.Add($"{file.Path} holds {names[0]}");
            }
        }

        Rule.IsBrokenNowhere(wrong);
    }

    [Fact]
    public void A_file_with_several_types_is_short() =>
        Rule.IsBrokenNowhere(
            from file in Repository.Code
            let types = file.TopLevelTypes.Select(NameOf).Distinct().Count()
            where types > 1 && file.Lines > MaxLinesOfSeveralTypes
            select $"{file.Path} holds {types} types in {file.Lines} lines; give the large ones files of their own");

    [Fact]
    public void Thrown_exceptions_have_types_of_their_own() =>
        Rule.IsBrokenNowhere(
            from file in Repository.Code
            from creation in file.Nodes<ObjectCreationExpressionSyntax>()
            where creation.Type.ToString() is "Exception" or "System.Exception" or "ApplicationException" or "SystemException"
            select file.At(creation));

    [Fact]
    public void Log_event_ids_are_given_and_unique()
    {
        List<(string Id, string At)> ids = [];
        List<string> missing = [];
        foreach (CodeFile file in Repository.Code.Where(file => file.IsShipped))
        {
            IEnumerable<AttributeSyntax> messages =
                file.Nodes<AttributeSyntax>().Where(a => a.Name.ToString() is "LoggerMessage" or "LoggerMessageAttribute");
            foreach (AttributeSyntax attribute in messages)
            {
                AttributeArgumentSyntax? id = attribute.ArgumentList?.Arguments.FirstOrDefault(a => a.NameEquals?.Name.ToString() == "EventId")
                    ?? attribute.ArgumentList?.Arguments.FirstOrDefault(
                        a => a.NameEquals is null && a.Expression.IsKind(SyntaxKind.NumericLiteralExpression));
                if (id is null)
                {
                    missing.Add(file.At(attribute));
                }
                else
                {
                    ids.Add((id.Expression.ToString(), file.At(attribute)));
                }
            }
        }

        Rule.IsBrokenNowhere(missing);
        Rule.IsBrokenNowhere(
            ids.GroupBy(id => id.Id).Where(group => group.Count() > 1)
                .Select(group => $"{group.Key}: {string.Join(", ", group.Select(id => id.At))}"));
    }

    [Fact]
    public void A_suppression_carries_its_reason_on_its_line() =>
        Rule.IsBrokenNowhere(
            from file in Repository.Code
            from trivia in file.Syntax.DescendantTrivia()
            let pragma = trivia.GetStructure() as PragmaWarningDirectiveTriviaSyntax
            where pragma is not null && pragma.DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword)
            where !pragma.ToFullString().Contains("//", StringComparison.Ordinal)
            select file.At(pragma));

    [Fact]
    public void Tests_are_named_by_sentences() =>
        Rule.IsBrokenNowhere(
            from file in Repository.Code
            where file.IsTest
            from method in file.Nodes<MethodDeclarationSyntax>()
            where method.AttributeLists.SelectMany(list => list.Attributes).Any(
                a => a.Name.ToString().EndsWith("Fact", StringComparison.Ordinal) || a.Name.ToString().EndsWith("Theory", StringComparison.Ordinal))
            where !method.Identifier.Text.Contains('_', StringComparison.Ordinal)
            select $"{file.At(method)}: {method.Identifier.Text}");

    private static string NameOf(MemberDeclarationSyntax type) => type switch
    {
        BaseTypeDeclarationSyntax declaration => declaration.Identifier.Text,
        DelegateDeclarationSyntax declaration => declaration.Identifier.Text,
        _ => "",
    };
}
