using System.Diagnostics;
using QueryStream.TestKit;

namespace QueryStream.Samples.Tests;

/// <summary>Runs shell commands.</summary>
internal static class Shell
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static string Root { get; } = FindRoot();

    /// <summary>Runs a command, in the root of the repository, to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string command)
    {
        ProcessStartInfo start = new("bash", ["-c", $"{{ {command}\n}} 2>&1"]) { WorkingDirectory = Root, RedirectStandardOutput = true };

        // Removes MSBuild variables of the test host, and disables build servers, which would outlive the test.
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
