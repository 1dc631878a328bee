using System.Diagnostics;
using QueryStream.TestKit;

namespace QueryStream.Samples.Tests;

/// <summary>Every command of the tutorial and of the samples does what the text shows.</summary>
public sealed class DocumentCommandTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Documents =>
        [.. Directory.GetFiles(Path.Combine(Root, "samples"), "README.md", SearchOption.AllDirectories).Append(Path.Combine(Root, "docs/tutorial.md")).Where(File.Exists).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    private static string Root { get; } = FindRoot();

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task The_commands_of_a_document_print_what_it_shows(string document)
    {
        IReadOnlyList<ConsoleText> commands = ConsoleText.Read(Path.Combine(Root, document));
        Assert.NotEmpty(commands);
        foreach (ConsoleText command in commands)
        {
            (int exitCode, string output) = await RunAsync(command.Command);

            bool isError = command.Lines.Any(line => line.StartsWith("ERROR:", StringComparison.Ordinal));
            Assert.True(exitCode == (isError ? 1 : 0), $"{command.Command}\nended with {exitCode}:\n{output}");
            Assert.All(command.Lines, line => Assert.True(output.Contains(line, StringComparison.Ordinal), $"{command.Command}\ndid not print '{line}':\n{output}"));
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string command)
    {
        ProcessStartInfo start = new("bash", ["-c", $"{{ {command}\n}} 2>&1"]) { WorkingDirectory = Root, RedirectStandardOutput = true };

        // What the test host was started with is not meant for another MSBuild; servers of a build would outlive the test.
        start.Environment.Remove("MSBuildSDKsPath");
        start.Environment.Remove("MSBUILD_EXE_PATH");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        await Wait.ForAsync($"'{command}' to end", process.WaitForExitAsync(), Limit);
        return (process.ExitCode, await output);
    }

    private static string FindRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "QueryStream.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No QueryStream.sln above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }
}
