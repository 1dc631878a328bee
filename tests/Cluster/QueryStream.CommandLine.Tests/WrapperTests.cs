using System.Diagnostics;
using QueryStream.TestKit;

namespace QueryStream.CommandLine.Tests;

/// <summary>The script in the root of the repository, which works from any folder.</summary>
public sealed class WrapperTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-wrapper-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Called_through_a_link_it_looks_beside_itself_and_not_beside_the_link()
    {
        string home = _folder.CreateSubdirectory("home").FullName;
        string script = Path.Combine(home, "querystream");
        File.Copy(Path.Combine(Root(), "querystream"), script);
        string link = Path.Combine(_folder.CreateSubdirectory("bin").FullName, "querystream");
        File.CreateSymbolicLink(link, script);

        using Process process = Process.Start(new ProcessStartInfo("bash", [link, "jobs"]) { RedirectStandardError = true })!;
        string errors = await process.StandardError.ReadToEndAsync();
        await Wait.ForAsync("the script to end", process.WaitForExitAsync(), TimeSpan.FromSeconds(30));

        Assert.Equal(1, process.ExitCode);
        Assert.StartsWith($"querystream: {home}/src/JobSubmit/", errors, StringComparison.Ordinal);
    }

    private static string Root()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "QueryStream.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No QueryStream.sln above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }
}
