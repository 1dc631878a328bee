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
    [InlineData("--factor=a", "Setting 'factor': 'a' is not a whole number from -2147483648 to 2147483647.")]
    public async Task What_is_not_possible_is_one_line_at_the_end(string argument, string error)
    {
        Assert.Equal(1, await RunAsync(Doubling(), argument));

        Assert.Equal($"ERROR: {error}", _log.ToString().TrimEnd().Split(Environment.NewLine)[^1]);
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
            ],
            _log.ToString().TrimEnd().Split('\n'));
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
    public async Task A_task_that_throws_ends_the_program_with_its_reason()
    {
        LambdaJob job = new(
            "failing", builder => builder.Source("numbers", new MemorySource<int>([0])).Map(number => 1 / number).To("memory", _sink));

        Assert.Equal(1, await RunAsync(job, "--parallelism=1"));

        Assert.Contains("ERROR: Map (1/1) failed: DivideByZeroException: ", _log.ToString(), StringComparison.Ordinal);
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
