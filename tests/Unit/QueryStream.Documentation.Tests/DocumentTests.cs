using System.Text.RegularExpressions;

namespace QueryStream.Documentation.Tests;

/// <summary>
/// The code in the documents is that of the examples, which are compiled and run: a fence behind <c>&lt;!-- example: name --&gt;</c> is the region of
/// that name, letter by letter.
/// </summary>
public sealed partial class DocumentTests
{
    private static readonly string Root = FindRoot();

    // Of these all C# comes from examples.
    private static readonly string[] Documents = ["docs/api.md", "docs/testing.md"];

    private static readonly string[] Examples =
        ["tests/Unit/QueryStream.Documentation.Tests", "tests/Contracts/QueryStream.Contracts.Connectors.Tests"];

    public static TheoryData<string, string> Fences
    {
        get
        {
            TheoryData<string, string> fences = [];
            foreach (string document in Documents)
            {
                foreach (Match fence in Fence().Matches(File.ReadAllText(Path.Combine(Root, document))))
                {
                    fences.Add(document, fence.Groups["name"].Value);
                }
            }

            return fences;
        }
    }

    private static Dictionary<string, string> Regions { get; } = ReadRegions();

    [Theory]
    [MemberData(nameof(Fences))]
    public void Code_in_a_document_is_an_example_that_runs(string document, string name)
    {
        Assert.True(name.Length > 0, $"{document} has C# that no example runs.");
        string code = Fence().Matches(File.ReadAllText(Path.Combine(Root, document)))
            .Single(fence => fence.Groups["name"].Value == name).Groups["code"].Value;
        Assert.True(Regions.TryGetValue(name, out string? region), $"There is no example '{name}'.");
        Assert.Equal(region, code);
    }

    [Fact]
    public void Every_example_is_in_a_document()
    {
        HashSet<string> used =
        [
            .. Documents.SelectMany(document => Fence().Matches(File.ReadAllText(Path.Combine(Root, document))))
                .Select(fence => fence.Groups["name"].Value),
        ];
        Assert.Empty(Regions.Keys.Except(used));
    }

    private static Dictionary<string, string> ReadRegions() => Examples
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
        .SelectMany(file => Region().Matches(File.ReadAllText(file)))
        .ToDictionary(region => region.Groups["name"].Value, region => Unindent(region.Groups["code"].Value));

    private static string Unindent(string code)
    {
        string[] lines = code.Split('\n');
        int indentation = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indentation..]));
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "QueryStream.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds QueryStream.sln.");
    }

    [GeneratedRegex(@"(?:<!-- example: (?<name>[\w-]+) -->\n)?```csharp\n(?<code>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^ *#region (?<name>[\w-]+)\n(?<code>.*?)\n *#endregion", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Region();
}
