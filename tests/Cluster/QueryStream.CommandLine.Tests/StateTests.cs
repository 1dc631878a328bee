using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace QueryStream.CommandLine.Tests;

/// <summary>
/// Stops, kills and starts again the process of a job with a keyed window, whose printed counts are compared with the rows that it has read.
/// </summary>
public sealed partial class StateTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-state-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_job_goes_on_from_its_savepoint_at_another_parallelism_and_counts_each_row_once()
    {
        (string first, long one) = await StopAsync("--parallelism 1");
        (string second, long four) = await StopAsync($"--parallelism 4 --from-savepoint {first}");
        (string third, long three) = await StopAsync($"--parallelism 3 -s {second} --drain");

        Assert.Equal(0, (await CommandProcess.RunAsync($"checkpoint verify {third}")).ExitCode);
        using JsonDocument inspected = await InspectAsync(third);
        JsonElement[] ledger = [.. inspected.RootElement.GetProperty("ledger").EnumerateArray()];
        Assert.All(ledger, part => Assert.Equal(0, part.GetProperty("missing").GetInt64()));
        long words = ledger.Single(part => part.GetProperty("name").GetString() == "FlatMap").GetProperty("rows_out").GetInt64();
        long late = ledger.Sum(part => part.GetProperty("late").GetInt64());
        Assert.Equal(words, one + four + three + late);
        Assert.Equal(8, inspected.RootElement.GetProperty("splits").GetArrayLength());
    }

    [Fact]
    public async Task A_job_that_was_killed_goes_on_from_its_latest_checkpoint_and_passes_over_a_damaged_one()
    {
        await using (CommandProcess run = Start("-D execution.checkpointing.num-retained=3"))
        {
            await WaitForCheckpointsAsync(3);
            run.Kill();
            await run.EndAsync();
        }

        string[] manifests = [.. Manifests().OrderBy(NumberOf)];
        await File.WriteAllBytesAsync(manifests[^1], (await File.ReadAllBytesAsync(manifests[^1]))[..^1]);

        CommandEnd named = await CommandProcess.RunAsync($"run {Job} --local -s {Path.GetDirectoryName(manifests[^1])} {Engine} -- --lines=0");
        await using CommandProcess next = Start("--from-savepoint latest");
        await next.WroteAsync("Streaming job started");
        next.SendInterrupt();
        CommandEnd end = await next.EndAsync();

        Assert.Equal(1, named.ExitCode);
        Assert.StartsWith($"ERROR: {manifests[^1]} is damaged: ", named.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(0, end.ExitCode);
        Assert.Contains($"skips a damaged checkpoint: {manifests[^1]} is damaged", end.Errors, StringComparison.Ordinal);
        Assert.Contains($"restored  from file://{Path.GetDirectoryName(manifests[^2])}", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_stop_with_a_savepoint_latest_names_it_instead_of_going_back_to_an_older_run()
    {
        string older = await KillAsync();
        (string savepoint, _) = await StopAsync("--parallelism 1");

        CommandEnd end = await CommandProcess.RunAsync($"run {Job} --local --from-savepoint latest {Engine} -- --lines=0");

        Assert.Equal(1, end.ExitCode);
        Assert.StartsWith("ERROR: There is no latest checkpoint: the last run of job ", end.ErrorLine, StringComparison.Ordinal);
        Assert.Contains($"with savepoint {savepoint}. Start from that", end.ErrorLine, StringComparison.Ordinal);
        Assert.Contains(older, end.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_an_input_that_has_ended_latest_says_so_instead_of_going_back_to_an_older_run()
    {
        string older = await KillAsync();
        CommandEnd finished = await CommandProcess.RunAsync($"run {Job} --local {Engine} -- --lines=500 --rate=1000000");
        Assert.Equal(0, finished.ExitCode);

        CommandEnd end = await CommandProcess.RunAsync($"run {Job} --local --from-savepoint latest {Engine} -- --lines=500");
        CommandEnd named = await CommandProcess.RunAsync($"checkpoint verify {older}");

        Assert.Equal(1, end.ExitCode);
        Assert.Contains(" finished at 2", end.ErrorLine, StringComparison.Ordinal);
        Assert.Contains(older, end.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(0, named.ExitCode);
    }

    [Fact]
    public async Task An_interrupt_before_the_first_checkpoint_loses_nothing_and_one_after_it_keeps_what_the_job_is_told_to_keep()
    {
        const string Never = "1h";
        const string Keep = "-D execution.checkpointing.externalized-checkpoint-retention=RETAIN_ON_CANCELLATION";
        string older = await KillAsync();
        for (int run = 0; run < 2; run++)
        {
            Assert.Contains(
                $"restored  from {older}", await InterruptAsync("-s latest", "Streaming job started", Never), StringComparison.Ordinal);
        }

        await using (CommandProcess run = Start($"-s latest {Keep}"))
        {
            await TestKit.Wait.UntilAsync("a checkpoint of its own", () => Own(older).Length > 0, TimeSpan.FromSeconds(60));
            run.SendInterrupt();
            await run.EndAsync();
        }

        string own = Assert.Single(Own(older));
        Assert.Contains(
            $"restored  from file://{Path.GetDirectoryName(own)}",
            await InterruptAsync("-s latest", "Streaming job started", Never),
            StringComparison.Ordinal);
    }

    private static string Job => Path.Combine(AppContext.BaseDirectory, "WordCount.dll");

    private string Engine => EngineWith("100ms");

    private string EngineWith(string interval) =>
        $"-D execution.checkpointing.dir={_folder.FullName}/checkpoints -D execution.checkpointing.interval={interval}";

    private static long NumberOf(string manifest) =>
        long.Parse(Path.GetFileName(Path.GetDirectoryName(manifest))!["chk-".Length..], CultureInfo.InvariantCulture);

    private static async Task<JsonDocument> InspectAsync(string path)
    {
        CommandEnd end = await CommandProcess.RunAsync($"checkpoint inspect {path} --json");
        Assert.Equal((0, ""), (end.ExitCode, end.Problems));
        return JsonDocument.Parse(end.Output);
    }

    private string[] Manifests() => Directory.Exists($"{_folder.FullName}/checkpoints")
        ? Directory.GetFiles($"{_folder.FullName}/checkpoints", "_metadata", SearchOption.AllDirectories)
        : [];

    // Leaves a checkpoint, as a process does that is killed.
    private async Task<string> KillAsync()
    {
        await using CommandProcess run = Start("");
        await WaitForCheckpointsAsync(1);
        run.Kill();
        await run.EndAsync();
        return $"file://{Path.GetDirectoryName(Manifests().MaxBy(NumberOf))}";
    }

    // The manifests of other runs.
    private string[] Own(string older) =>
        [.. Manifests().Where(manifest => !$"file://{manifest}".StartsWith(older[..older.LastIndexOf('/')], StringComparison.Ordinal))];

    private async Task<string> InterruptAsync(string options, string after, string interval = "100ms")
    {
        await using CommandProcess run = Start(options, interval);
        await run.WroteAsync(after);
        run.SendInterrupt();
        return (await run.EndAsync()).Output;
    }

    private Task WaitForCheckpointsAsync(int count) =>
        TestKit.Wait.UntilAsync("checkpoints", () => Manifests().Length >= count, TimeSpan.FromSeconds(60));

    private CommandProcess Start(string options, string interval = "100ms") =>
        CommandProcess.Start($"run {Job} --local {EngineWith(interval)} {options} -- --lines=0 --rate=1000 --window=1s");

    // Runs the job until it has printed a count, then stops it; the path of the savepoint, and how many words were counted in closed windows.
    private async Task<(string Savepoint, long Words)> StopAsync(string options)
    {
        await using CommandProcess run = Start($"{options} --stop-with-savepoint {_folder.FullName}/savepoints");
        await run.WroteAsync(" question ");
        run.SendInterrupt();
        CommandEnd end = await run.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Problems));
        Assert.Contains("Word count: FINISHED", end.Output, StringComparison.Ordinal);
        long words = Counted().Matches(end.Output).Sum(match => long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        return (Completed().Match(end.Output).Groups[1].Value, words);
    }

    [GeneratedRegex(@"^(?:\d+> )?\d\d:\d\d:\d\d \w+ (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Counted();

    [GeneratedRegex("^Savepoint completed. Path: (file://.*)$", RegexOptions.Multiline)]
    private static partial Regex Completed();
}
