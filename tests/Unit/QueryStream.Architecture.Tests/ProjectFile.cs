using System.Xml.Linq;

namespace QueryStream.Architecture.Tests;

/// <summary>What a .csproj says.</summary>
internal sealed record ProjectFile(string Path, XDocument Xml)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The projects whose code this one sees; a generator runs in the compiler and is not seen.</summary>
    public IReadOnlyList<string> References =>
        [.. Xml.Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("OutputItemType") != "Analyzer")
            .Select(reference => System.IO.Path.GetFileNameWithoutExtension(Include(reference)))];

    public IReadOnlyList<string> Friends => [.. Xml.Descendants("InternalsVisibleTo").Select(Include)];

    public IEnumerable<XElement> Packages => Xml.Descendants("PackageReference");

    public static ProjectFile Read(string path) => new(path, XDocument.Load(Repository.FullPath(path)));

    private static string Include(XElement element) => ((string?)element.Attribute("Include"))!.Replace('\\', '/');
}
