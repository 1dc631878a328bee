using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace QueryStream.Architecture.Tests;

/// <summary>A source file with its syntax.</summary>
internal sealed record CodeFile(string Path, int Lines, CompilationUnitSyntax Syntax)
{
    public bool IsShipped => Path.StartsWith("src/", StringComparison.Ordinal);

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);

    public IEnumerable<MemberDeclarationSyntax> TopLevelTypes =>
        Syntax.Members.SelectMany(member => member is BaseNamespaceDeclarationSyntax space ? space.Members : [member])
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    public IEnumerable<TNode> Nodes<TNode>()
        where TNode : SyntaxNode => Syntax.DescendantNodes().OfType<TNode>();

    public string At(SyntaxNode node) => $"{Path}({node.GetLocation().GetLineSpan().StartLinePosition.Line + 1})";

    /// <summary>The lines above a number of columns, except those in raw and verbatim strings, whose text cannot be wrapped.</summary>
    public IEnumerable<(int Number, int Columns)> LinesLongerThan(int columns)
    {
        SourceText text = Syntax.GetText();
        TextSpan[] unwrappable =
        [
            .. Syntax.DescendantNodes()
                .Where(node => node is LiteralExpressionSyntax or InterpolatedStringExpressionSyntax)
                .Where(node => node.ToString().TrimStart('$') is ['@', ..] or ['"', '"', '"', ..])
                .Select(node => node.Span),
        ];
        return
        [
            .. from line in text.Lines
               where line.Span.Length > columns && !Array.Exists(unwrappable, span => span.OverlapsWith(line.Span))
               select (line.LineNumber + 1, line.Span.Length),
        ];
    }

    public static CodeFile Read(string path)
    {
        string text = File.ReadAllText(Repository.FullPath(path));
        CompilationUnitSyntax syntax = SyntaxFactory.ParseCompilationUnit(text, options: new CSharpParseOptions(LanguageVersion.Preview));
        return new CodeFile(path, text.Count(c => c == '\n'), syntax);
    }
}
