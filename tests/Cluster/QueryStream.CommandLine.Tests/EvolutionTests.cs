using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using QueryStream.Testing.Assemblies;

namespace QueryStream.CommandLine.Tests;

/// <summary>Versions of a user's job, of which each starts from the savepoint of the first one, or fails.</summary>
public sealed partial class EvolutionTests : IDisposable
{
    private const string Tally = "public sealed record Tally(long Count, string Last, int Old);";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-versions-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_newer_version_goes_on_with_the_state_that_it_can_read_and_says_what_it_cannot()
    {
        string first = Version("first", Tally, "new Tally(count, \"number \" + row, 7)", "before.Last", seen: true);
        (string savepoint, CommandEnd started) = await StopAsync($"{first} --parallelism 1", "is 300,");
        Assert.Contains("key 3 is 1, after nothing", started.Output, StringComparison.Ordinal);

        // Reordered, one member removed, one added, one renamed, which is both; and an operator more.
        string second = Version(
            "second",
            "public sealed record Renamed(string Newest = \"unknown\", long Count = 0, double Added = 1.5);",
            "new Renamed(\"number \" + row, count, before == null ? 0 : before.Added + 1)",
            "before.Newest + \" \" + before.Added.ToString(System.Globalization.CultureInfo.InvariantCulture)",
            seen: true,
            more: true);
        string later = $"is {Counts(started.Output, "0").Max() + 300},";
        (string next, CommandEnd second1) = await StopAsync($"{second} --parallelism 3 -s {savepoint}", later);
        foreach (string key in (string[])["0", "1", "2", "3"])
        {
            // Each key goes on with the number after its last one, and the members that are new have their defaults once.
            long last = Counts(started.Output, key).Max();
            Assert.Equal(last + 1, Counts(second1.Output, key).Min());
            Assert.Contains($"key {key} is {last + 1}, after unknown 1.5", second1.Output, StringComparison.Ordinal);
            Assert.Contains($"key {key} is {last + 2}, after number ", second1.Output, StringComparison.Ordinal);
            Assert.Equal(Counts(second1.Output, key).Count(), Counts(second1.Output, key).Distinct().Count());
        }

        // An operator fewer.
        string third = Version("third", Tally, "new Tally(count, \"number \" + row, 7)", "before.Last", seen: false);
        CommandEnd refused = await RunAsync($"{third} -s {savepoint}");
        Assert.Contains("'seen'", refused.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("--allow-non-restored-state", refused.ErrorLine, StringComparison.Ordinal);
        (_, CommandEnd dropped) = await StopAsync($"{third} -s {savepoint} --allow-non-restored-state", later);
        Assert.Equal(Counts(started.Output, "2").Max() + 1, Counts(dropped.Output, "2").Min());

        // A type that has changed, and another number of key groups.
        string fourth = Version(
            "fourth", Tally.Replace("long", "int", StringComparison.Ordinal), "new Tally((int)count, \"\", 7)", "before.Last", seen: true);
        CommandEnd changed = await RunAsync($"{fourth} -s {savepoint} --allow-non-restored-state");
        Assert.True(changed.ErrorLine.Contains("Count was stored as ", StringComparison.Ordinal), changed.ErrorLine);
        Assert.Contains("counting", changed.ErrorLine, StringComparison.Ordinal);
        string fifth = Version("fifth", Tally, "new Tally(count, \"\", 7)", "before.Last", seen: true, keyGroups: 64);
        CommandEnd groups = await RunAsync($"{fifth} -s {savepoint}");
        Assert.Contains("128 key groups", groups.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("64", groups.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(0, (await CommandProcess.RunAsync($"checkpoint verify {next}")).ExitCode);
    }

    [Fact]
    public async Task A_run_that_fails_when_no_restart_is_left_prints_its_report_and_its_cause()
    {
        string job = Version("failing", Tally, "new Tally(count, \"\", 7)", "before.Last", seen: true);
        string options = $"-D execution.checkpointing.dir={_folder.FullName}/checkpoints -D restart-strategy.type=fixed-delay "
            + "-D restart-strategy.fixed-delay.attempts=1 -D restart-strategy.fixed-delay.delay=10ms";

        CommandEnd end = await CommandProcess.RunAsync($"run {job} --local --json {options} -- --fail-at=100");

        string cause = end.Errors.TrimEnd().Split('\n')[^1];
        Assert.Equal(1, end.ExitCode);
        Assert.StartsWith("ERROR: ", cause, StringComparison.Ordinal);
        Assert.Contains("FormatException: number 100", cause, StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(end.Output);
        Assert.Equal(("FAILED", 1), (report.RootElement.GetProperty("status").GetString(), report.RootElement.GetProperty("restarts").GetInt32()));
        Assert.Equal(cause, $"ERROR: {report.RootElement.GetProperty("failure").GetString()}");
    }

    // What a key was counted up to, in the order of the output.
    private static IEnumerable<long> Counts(string output, string key) => Counted().Matches(output)
        .Where(match => match.Groups[1].Value == key)
        .Select(match => long.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));

    private static async Task<CommandEnd> RunAsync(string options)
    {
        CommandEnd end = await CommandProcess.RunAsync($"run {options} --local");
        Assert.Equal(1, end.ExitCode);
        return end;
    }

    // Runs a job until it has printed a text, then stops it; the path of its savepoint.
    private async Task<(string Savepoint, CommandEnd End)> StopAsync(string job, string until)
    {
        await using CommandProcess run = CommandProcess.Start(
            $"run {job} --local -D execution.checkpointing.dir={_folder.FullName}/checkpoints --stop-with-savepoint {_folder.FullName}/savepoints");
        await run.WroteAsync(until);
        run.SendInterrupt();
        CommandEnd end = await run.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Problems));
        return (Completed().Match(end.Output).Groups[1].Value, end);
    }

    // A job that counts numbers by key. "counting" has a record as state, which the versions change; "seen" is there or not.
    private string Version(string name, string record, string update, string shown, bool seen, bool more = false, int keyGroups = 128)
    {
        string type = record.Split('(')[0].Split(' ')[^1];
        string source = $$"""

            [StreamRecord] {{record}}

            public sealed class Counting : KeyedProcessFunction<long, long, string>
            {
                private ValueState<{{type}}> _tally;
                public override void Open(KeyedStateContext state) => _tally = state.Value<{{type}}>("tally");
                public override void Process(in long row, KeyedContext<long, string> context)
                {
                    {{type}} before = _tally.Value;
                    long count = (before == null ? 0 : before.Count) + 1;
                    context.Emit("key " + context.Key + " is " + count + ", after " + (before == null ? "nothing" : {{shown}}));
                    _tally.Value = {{update}};
                }
            }

            public sealed class Seen : KeyedProcessFunction<long, long, string>
            {
                private ValueState<long> _seen;
                public override void Open(KeyedStateContext state) => _seen = state.Value<long>("seen");
                public override void Process(in long row, KeyedContext<long, string> context) => _seen.Value++;
            }

            public sealed class TallySettings { [Setting("fail-at", "the number that throws")] public long FailAt { get; init; } = -1; }

            public sealed class TallyJob : IStreamJob
            {
                public string Name => "Tallies";
                public void Define(StreamBuilder job)
                {
                    job.KeyGroups = {{keyGroups}};
                    long failAt = job.Settings.Bind<TallySettings>().FailAt;
                    var numbers = job.Generate("numbers", new GeneratorOptions { RowsPerSecond = 2000 }, row => row.Index)
                        .Filter(n => n != failAt ? true : throw new FormatException("number " + n))
                        .KeyBy(n => n % 4);
                    numbers.Process(() => new Counting(), "counting").Print("tallies");
                    {{(seen ? "numbers.Process(() => new Seen(), \"seen\").Print(\"never\");" : "")}}
                    {{(more ? "numbers.Process(() => new Seen(), \"more\").Print(\"never more\");" : "")}}
                }
            }
            """;
        return UserJobs.Write(new UserAssembly(Path.Combine(_folder.FullName, name), "Tallies", source)
        {
            Usings =
            [
                "QueryStream.Connectors.DataGen", "QueryStream.Connectors.Terminal", "QueryStream.Streams.Functions", "QueryStream.Streams.State",
            ],
            HasRecords = true,
        });
    }

    [GeneratedRegex(@"key (\d) is (\d+), after")]
    private static partial Regex Counted();

    [GeneratedRegex("^Savepoint completed. Path: (file://.*)$", RegexOptions.Multiline)]
    private static partial Regex Completed();
}
