using QueryStream.Core.Errors;
using QueryStream.Local;
using QueryStream.Streams.Settings;
using QueryStream.TestKit.Jobs;

namespace QueryStream.LocalCluster.Tests;

/// <summary>Jobs run from their own <c>Main</c>.</summary>
public sealed class LocalJobTests
{
    private readonly StringWriter _log = new();
    private readonly MemorySink<int> _sink = new();

    [Theory]
    [InlineData()]
    [InlineData("--parallelism=3", "--factor=1")]
    [InlineData("--", "--parallelism=3")]
    public async Task A_job_runs_to_its_end(params string[] arguments)
    {
        Assert.Equal(0, await RunAsync(Doubling(), arguments));

        Assert.Equal([1, 2, 3], _sink.Rows.Order());
        Assert.Contains("doubling: FINISHED after ", _log.ToString(), StringComparison.Ordinal);
        Assert.Contains("  events    3", _log.ToString(), StringComparison.Ordinal);
        Assert.Contains("  written   3, late 0, dead letters 0", _log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_reach_the_job()
    {
        Assert.Equal(0, await RunAsync(Doubling(), "--factor=2"));

        Assert.Equal([2, 4, 6], _sink.Rows.Order());
    }

    [Theory]
    [InlineData("fly", "Setting 'fly': is not a setting. Write --name=value, for example --window=10s.")]
    [InlineData("--=1", "Setting '--=1': is not a setting. Write --name=value, for example --window=10s.")]
    [InlineData("--parallelism=0", "Setting 'parallelism': '0' is not allowed. Allowed: a whole number, 1 to 32768.")]
    [InlineData("--fly=1", "Setting 'fly': is unknown. There are: factor.")]
    [InlineData("-Dfly=1", "Setting 'fly': is unknown. There are: execution.checkpointing.dir, ", false)]
    [InlineData("-D", "Setting '-D': needs a value.")]
    [InlineData("--from-savepoint", "Setting '--from-savepoint': needs a value.")]
    [InlineData("-Dexecution.checkpointing.interval", "Setting 'execution.checkpointing.interval': is not a setting of the engine. Write -D", false)]
    [InlineData("-Dexecution.checkpointing.interval=1ms", "Setting 'execution.checkpointing.interval': 1ms is not allowed. Allowed: at least 10ms.")]
    [InlineData("--drain", "Setting 'drain': belongs to stop-with-savepoint, which is not given: name the savepoint's directory.")]
    [InlineData("--stop-with-savepoint=/tmp", "Setting 'execution.checkpointing.dir': is not set, and stop-with-savepoint needs it", false)]
    [InlineData("--stop-with-savepoint=redis://x", "Setting 'stop-with-savepoint': 'redis://x' is not allowed. Allowed: a directory", false)]
    [InlineData("--from-savepoint=latest", "Setting 'execution.checkpointing.dir': is not set, and the latest checkpoint is looked for there", false)]
    [InlineData("--from-savepoint=/nowhere/savepoint-1", "There is no checkpoint in file:///nowhere/savepoint-1/. ", false)]
    [InlineData("--factor=a", "Setting 'factor': 'a' is not a whole number from -2147483648 to 2147483647.")]
    public async Task What_is_not_possible_is_one_line_at_the_end(string argument, string error, bool isWhole = true)
    {
        Assert.Equal(1, await RunAsync(Doubling(), argument));

        string line = _log.ToString().TrimEnd().Split(Environment.NewLine)[^1];
        Assert.Equal($"ERROR: {error}", isWhole ? line : line[..Math.Min(line.Length, error.Length + 7)]);
        Assert.Empty(_sink.Rows);
    }

    [Fact]
    public void Options_are_taken_in_all_spellings_and_settings_of_the_job_are_left()
    {
        LocalRunOptions defaults = LocalRunOptions.Default with
        {
            FromSavepoint = "/old",
            Engine = new Dictionary<string, string> { ["execution.checkpointing.interval"] = "9s", ["restart-strategy.type"] = "none" },
        };

        (LocalRunOptions first, IReadOnlyList<string> others) = LocalRunArguments.Take(
            ["--factor=2", "-s", "/a", "-n", "-Dexecution.checkpointing.interval=1s", "--drain", "--stop-with-savepoint", "/s", "--", "--fly=1"],
            defaults);
        (LocalRunOptions second, _) = LocalRunArguments.Take(["--fromSavepoint=/b", "--allowNonRestoredState", "-D", "a=b=c"], defaults);

        Assert.Equal(["--factor=2", "--", "--fly=1"], others);
        Assert.Equal(("/a", true, true, "/s"), (first.FromSavepoint, first.AllowNonRestoredState, first.Drain, first.StopWithSavepoint));
        Assert.Equal("1s none", $"{first.Engine["execution.checkpointing.interval"]} {first.Engine["restart-strategy.type"]}");
        Assert.Equal(("/b", true, "b=c"), (second.FromSavepoint, second.AllowNonRestoredState, second.Engine["a"]));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_lists_the_settings_and_runs_nothing(string argument)
    {
        Assert.Equal(0, await RunAsync(Doubling(), argument));

        Assert.Equal(
            [
                "doubling. Settings, as --name=value, with their defaults:",
                "  --parallelism     how many subtasks each operator has; unset: one per core, at most 16",
                "  --factor       1  what each number is multiplied by",
                "How it runs:",
            ],
            _log.ToString().Split('\n')[..4]);
        Assert.Contains("\n  --from-savepoint PATH|latest, -s  start from", _log.ToString(), StringComparison.Ordinal);
        Assert.Empty(_sink.Rows);
    }

    [Fact]
    public async Task Help_of_a_job_that_needs_a_setting_says_so()
    {
        LambdaJob job = new("picky", _ => throw new SettingException("input", "is missing."));

        Assert.Equal(0, await RunAsync(job, "--help"));

        Assert.Contains("With the defaults alone: Setting 'input': is missing.", _log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_is_given_twice_is_refused()
    {
        Assert.Equal(1, await RunAsync(Doubling(), "--factor=1", "--factor=1"));

        Assert.Contains("ERROR: Setting 'factor': is given twice.", _log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_is_told_to_stop_ends_as_cancelled()
    {
        using CancellationTokenSource stop = new();
        MemorySource<int> endless = new([1, 2, 3]) { IsBounded = false };
        MemorySink<int> sink = new() { OnRow = _ => stop.Cancel() };
        LambdaJob job = new("endless", builder => builder.Source("numbers", endless).To("memory", sink));

        Assert.Equal(0, await LocalJob.RunAsync(job, [], _log, stop.Token));

        Assert.Contains("endless: CANCELED after ", _log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_throws_ends_the_program_with_its_report_and_its_reason()
    {
        LambdaJob job = new(
            "failing", builder => builder.Source("numbers", new MemorySource<int>([0])).Map(number => 1 / number).To("memory", _sink));

        Assert.Equal(1, await RunAsync(job, "--parallelism=1"));

        Assert.Contains("failing: FAILED after ", _log.ToString(), StringComparison.Ordinal);
        string line = _log.ToString().TrimEnd().Split(Environment.NewLine)[^1];
        Assert.StartsWith("ERROR: Map (1/1) failed: DivideByZeroException: ", line, StringComparison.Ordinal);
    }

    private LambdaJob Doubling() => new("doubling", builder =>
    {
        Factors settings = builder.Settings.Bind<Factors>();
        builder.Source("numbers", new MemorySource<int>([1, 2, 3])).Map(number => number * settings.Factor).To("memory", _sink);
    });

    private Task<int> RunAsync(LambdaJob job, params string[] arguments) => LocalJob.RunAsync(job, arguments, _log, CancellationToken.None);

    private sealed class Factors : IValidatedSettings
    {
        [Setting("factor", "what each number is multiplied by")]
        public int Factor { get; init; } = 1;

        public void Validate()
        {
            if (Factor == 0)
            {
                throw new SettingException("factor", "0 is not possible.");
            }
        }
    }
}
