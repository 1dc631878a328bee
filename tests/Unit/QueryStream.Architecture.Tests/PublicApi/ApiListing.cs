using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace QueryStream.Architecture.Tests.PublicApi;

/// <summary>Lists what users of a project can name: each type, and below it its members, without their bodies.</summary>
internal static class ApiListing
{
    private const string Indentation = "    ";

    /// <summary>The lines for some files.</summary>
    public static IEnumerable<string> Of(IEnumerable<CodeFile> files) =>
        files.SelectMany(file => file.TopLevelTypes.Where(IsVisible).Select(type => (Name: NameOf(type), Lines: (string[])[.. LinesOf(type, "")])))
            .GroupBy(type => type.Name)
            .OrderBy(type => type.Key, StringComparer.Ordinal)
            .SelectMany(type => MergeParts(type.Select(part => part.Lines)));

    // A partial type stands in several files: its first line is said once.
    private static IEnumerable<string> MergeParts(IEnumerable<string[]> parts)
    {
        string[][] all = [.. parts.OrderByDescending(lines => lines[0].Length)];
        return all.SelectMany(lines => lines.Skip(1)).Order(StringComparer.Ordinal).Prepend(all[0][0]);
    }

    private static string NameOf(MemberDeclarationSyntax type)
    {
        string space = type.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";
        return type switch
        {
            TypeDeclarationSyntax declared => $"{space}.{declared.Identifier}`{declared.TypeParameterList?.Parameters.Count ?? 0}",
            BaseTypeDeclarationSyntax declared => $"{space}.{declared.Identifier}",
            DelegateDeclarationSyntax declared => $"{space}.{declared.Identifier}",
            _ => throw new NotSupportedException(type.Kind().ToString()),
        };
    }

    private static IEnumerable<string> LinesOf(MemberDeclarationSyntax member, string outer)
    {
        string space = outer.Length > 0 ? outer : member.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";
        if (member is not BaseTypeDeclarationSyntax type)
        {
            yield return $"{(outer.Length > 0 ? Indentation : "")}{Text(member)}";
            yield break;
        }

        yield return $"{space} | {Text(type)}";
        string inner = $"{Indentation}{type.Identifier}";
        if (type is EnumDeclarationSyntax values)
        {
            foreach (EnumMemberDeclarationSyntax value in values.Members)
            {
                yield return $"{Indentation}{Text(value)}";
            }
        }
        else
        {
            IEnumerable<MemberDeclarationSyntax> members =
                ((TypeDeclarationSyntax)type).Members.Where(m => type is InterfaceDeclarationSyntax || IsVisible(m));
            foreach (string line in members.SelectMany(m => LinesOf(m, inner)))
            {
                yield return line;
            }
        }
    }

    private static bool IsVisible(MemberDeclarationSyntax member) =>
        member.Modifiers.Any(SyntaxKind.PublicKeyword)
        || (member.Modifiers.Any(SyntaxKind.ProtectedKeyword) && !member.Modifiers.Any(SyntaxKind.PrivateKeyword));

    private static string Text(MemberDeclarationSyntax member)
    {
        MemberDeclarationSyntax bare = member.WithAttributeLists([]) switch
        {
            TypeDeclarationSyntax type => type.WithMembers([]).WithOpenBraceToken(default).WithCloseBraceToken(default).WithSemicolonToken(default),
            EnumDeclarationSyntax type => type.WithMembers([]).WithOpenBraceToken(default).WithCloseBraceToken(default),
            BaseMethodDeclarationSyntax method => WithoutBody(method),
            IndexerDeclarationSyntax { ExpressionBody: not null } indexer =>
                indexer.WithExpressionBody(null).WithAccessorList(Getter()).WithSemicolonToken(default),
            PropertyDeclarationSyntax { ExpressionBody: not null } property =>
                property.WithExpressionBody(null).WithAccessorList(Getter()).WithSemicolonToken(default),
            BasePropertyDeclarationSyntax property => property.WithAccessorList(WithoutBodies(property.AccessorList)),
            MemberDeclarationSyntax other => other,
        };

        // A property's first value is no part of what can be named.
        if (bare is PropertyDeclarationSyntax { Initializer: not null } initialized)
        {
            bare = initialized.WithInitializer(null).WithSemicolonToken(default);
        }

        string text = bare.WithoutTrivia().NormalizeWhitespace(indentation: "", eol: " ").ToFullString();
        return string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word is not ("async" or "partial" or "sealed")));
    }

    private static BaseMethodDeclarationSyntax WithoutBody(BaseMethodDeclarationSyntax method) => method switch
    {
        ConstructorDeclarationSyntax constructor =>
            constructor.WithInitializer(null).WithBody(null).WithExpressionBody(null).WithSemicolonToken(default),
        _ => method.WithBody(null).WithExpressionBody(null).WithSemicolonToken(default),
    };

    private static AccessorListSyntax Getter() =>
        SyntaxFactory.AccessorList(
        [
            SyntaxFactory.AccessorDeclaration(SyntaxKind.GetAccessorDeclaration)
                .WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken)),
        ]);

    private static AccessorListSyntax? WithoutBodies(AccessorListSyntax? accessors) => accessors?.WithAccessors(
        [.. accessors.Accessors
            .Where(accessor => !accessor.Modifiers.Any(SyntaxKind.PrivateKeyword) && !accessor.Modifiers.Any(SyntaxKind.InternalKeyword))
            .Select(accessor => accessor.WithBody(null).WithExpressionBody(null).WithAttributeLists([])
                .WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken)))]);
}
