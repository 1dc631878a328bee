namespace QueryStream.Architecture.Tests.PublicApi;

/// <summary>
/// The public API changes on purpose only. To accept the current one:
/// <c>QUERYSTREAM_ACCEPT_API=1 dotnet test tests/Unit/QueryStream.Architecture.Tests</c>.
/// </summary>
public sealed class PublicApiTests
{
    private const string Listings = "tests/Unit/QueryStream.Architecture.Tests/PublicApi";

    private static readonly bool Accepts = Environment.GetEnvironmentVariable("QUERYSTREAM_ACCEPT_API") == "1";

    private static readonly string[] Folders =
        ["src/Shared/QueryStream.Core/", "src/Shared/QueryStream.Streams/", "src/Connectors/", "src/LocalCluster/", "src/TestKit/"];

    public static TheoryData<string> Projects =>
    [
        .. Folders.SelectMany(folder => Repository.Projects.Where(
            project => folder.StartsWith($"{Path.GetDirectoryName(project.Path)}/", StringComparison.Ordinal)
                || project.Path.StartsWith(folder, StringComparison.Ordinal)))
            .Select(project => project.Name).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_public_API_is_the_one_that_was_accepted(string project)
    {
        string home = $"{Path.GetDirectoryName(Repository.Projects.Single(p => p.Name == project).Path)}/";
        string[] actual = [.. ApiListing.Of(Repository.Code.Where(file =>
            file.Path.StartsWith(home, StringComparison.Ordinal) && Folders.Any(folder => file.Path.StartsWith(folder, StringComparison.Ordinal))))];
        string path = Repository.FullPath($"{Listings}/{project}.txt");
        if (Accepts)
        {
            File.WriteAllLines(path, actual);
        }

        string[] accepted = File.Exists(path) ? File.ReadAllLines(path) : [];
        string[] changes = [.. accepted.Except(actual).Select(line => $"- {line}"), .. actual.Except(accepted).Select(line => $"+ {line}")];
        Assert.True(
            changes.Length == 0,
            string.Join(
                '\n',
                changes.Prepend(
                    $"The public API of {project} is not the accepted one. If that is meant: "
                    + "QUERYSTREAM_ACCEPT_API=1 dotnet test tests/Unit/QueryStream.Architecture.Tests")));
    }
}
