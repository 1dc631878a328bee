using System.Diagnostics;
using System.Text.RegularExpressions;

namespace QueryStream.Architecture.Tests;

/// <summary>Each rule of the build was seen to fail: eng/rules breaks it on a line that names it, and nothing else there fails.</summary>
public sealed partial class BuildRuleTests
{
    private static readonly string[] Rules =
    [
        "CA1304", "CA1305", "CA1307", "CA1309", "CA1310", "CA1311", "CA1848", "CA2007", "CA2016", "CA2017", "CA2254", "CS1591",
        "IDE0005", "IDE0040", "IDE0161", "IDE1006",
        "RS0030", "VSTHRD002", "VSTHRD100", "VSTHRD103", "VSTHRD110", "VSTHRD200",
    ];

    [Theory]
    [InlineData("eng/rules/Actors")]
    [InlineData("eng/rules/TestCode")]
    public async Task Every_line_that_breaks_a_rule_fails_the_build_and_no_other_does(string folder)
    {
        string build = await BuildAsync(folder);
        IEnumerable<string> failures = Failure().Matches(build)
            .Select(match => $"{Path.GetFileName(match.Groups[1].Value)}({match.Groups[2].Value}): {match.Groups[3].Value}");
        Assert.Equal(Expected(folder).Order(StringComparer.Ordinal), failures.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_rule_has_a_line() =>
        Rule.IsBrokenNowhere(Rules.Except(Expected("eng/rules/Actors").Select(line => line.Split(' ')[^1])));

    [Fact]
    public void Every_rule_is_an_error_in_the_settings() =>
        Rule.IsBrokenNowhere(Rules.Where(rule => !File.ReadAllText(Repository.FullPath(".editorconfig"))
            .Contains($"dotnet_diagnostic.{rule}.severity = error", StringComparison.Ordinal)));

    private static IEnumerable<string> Expected(string folder) =>
        from file in Repository.Files
        where file.StartsWith($"{folder}/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal)
        from line in File.ReadAllLines(Repository.FullPath(file)).Index()
        let rules = Marker().Match(line.Item)
        where rules.Success
        from rule in rules.Groups[1].Value.Split(", ")
        select $"{Path.GetFileName(file)}({line.Index + 1}): {rule}";

    private static async Task<string> BuildAsync(string folder)
    {
        ProcessStartInfo start = new("dotnet", ["build", folder, "-nologo", "-v", "q", "-nodeReuse:false"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // What the test host was started with is not meant for another MSBuild.
        start.Environment.Remove("MSBuildSDKsPath");
        start.Environment.Remove("MSBUILD_EXE_PATH");
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 1, $"The build of {folder} ended with {process.ExitCode}: {output}{await errors}");
        return output;
    }

    [GeneratedRegex(@"^(.+?)\((\d+),\d+\): error (\w+):", RegexOptions.Multiline)]
    private static partial Regex Failure();

    [GeneratedRegex(@"// ((?:[A-Z]+\d+(?:, )?)+)$")]
    private static partial Regex Marker();
}
