using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;

namespace QueryStream.Connectors.DataGen.Tests;

public sealed class GeneratorTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task The_same_seed_gives_the_same_rows_in_any_parallelism_and_another_one_others()
    {
        GeneratorOptions options = new() { Count = 1_000, StartTime = new EventTime(0) };

        string[] one = await RowsAsync(options, 1);

        Assert.Equal(one, await RowsAsync(options, 3));
        Assert.Equal(one, await RowsAsync(options with { Splits = 8 }, 1));
        Assert.NotEqual(one, await RowsAsync(options with { Seed = 43 }, 1));
    }

    [Fact]
    public async Task Values_stay_within_their_bounds_and_reach_all_of_them()
    {
        await using SourceHarness<(long Sequence, long Integer, double Number, decimal Decimal, bool Chance, string Choice)> source = new(
            job => job.Generate("rows", new GeneratorOptions { Count = 20_000 }, row =>
                (
                    row.Sequence(from: 10, step: -2),
                    row.Integer(-1, 2),
                    row.Number(-1, 1),
                    row.Decimal(1m, 2m, digits: 1),
                    row.Chance(0.25),
                    row.Choice("a", "b", "c"))),
            0, 1, _time);
        await source.OpenAsync();
        await source.ReadToEndAsync();

        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => 10L - (2 * i)), source.Rows.Select(row => row.Row.Sequence).OrderDescending());
        Assert.Equal([-1, 0, 1, 2], source.Rows.Select(row => row.Row.Integer).Distinct().Order());
        Assert.All(source.Rows, row => Assert.InRange(row.Row.Number, -1, 1));
        Assert.InRange(source.Rows.Average(row => row.Row.Number), -0.02, 0.02);
        Assert.Equal(
            [1.0m, 1.1m, 1.2m, 1.3m, 1.4m, 1.5m, 1.6m, 1.7m, 1.8m, 1.9m, 2.0m], source.Rows.Select(row => row.Row.Decimal).Distinct().Order());
        Assert.InRange(source.Rows.Count(row => row.Row.Chance), 4_700, 5_300);
        Assert.Equal(["a", "b", "c"], source.Rows.Select(row => row.Row.Choice).Distinct().Order());
        Assert.InRange(source.Rows.Count(row => row.Row.Choice == "b"), 6_300, 7_000);
    }

    [Fact]
    public void The_whole_range_of_numbers_is_possible()
    {
        GeneratedRow row = new(0, default, 1);

        Assert.Equal(5, row.Integer(5, 5));
        Assert.NotEqual(row.Integer(long.MinValue, long.MaxValue), row.Integer(long.MinValue, long.MaxValue));
        Assert.InRange(row.Integer(long.MaxValue - 1, long.MaxValue), long.MaxValue - 1, long.MaxValue);
    }

    [Fact]
    public async Task A_rate_is_kept_and_wakes_the_task()
    {
        GeneratorOptions options = new() { RowsPerSecond = 10 };
        SourceHarness<long> source = await OpenAsync(options);
        await source.ReadUntilAsync("the first row", () => source.LastPoll == SourcePoll.Wait);
        Assert.Equal([0], source.Rows.Select(row => row.Row));

        await AdvanceAsync(source, TimeSpan.FromMilliseconds(99));
        Assert.Single(source.Rows);
        await AdvanceAsync(source, TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, source.Rows.Count);
        await AdvanceAsync(source, TimeSpan.FromSeconds(10));
        Assert.Equal(102, source.Rows.Count);
        Assert.Equal(EventTime.From(_time.GetUtcNow()), source.Rows[^1].Time);

        SourceHarness<long> restored = await OpenAsync(options, source.Snapshot());
        await restored.ReadUntilAsync("the next row", () => restored.LastPoll == SourcePoll.Wait);
        Assert.Equal([102], restored.Rows.Select(row => row.Row));
        await AdvanceAsync(restored, TimeSpan.FromSeconds(1));
        Assert.Equal(Enumerable.Range(102, 11).Select(i => (long)i), restored.Rows.Select(row => row.Row).Order());
    }

    [Fact]
    public async Task Event_times_go_on_in_steps_where_a_start_is_given()
    {
        SourceHarness<long> source = await OpenAsync(
            new GeneratorOptions { Count = 4, StartTime = new EventTime(1_000), Interval = TimeSpan.FromMilliseconds(0.5) });
        await source.ReadToEndAsync();

        Assert.Equal([1_000, 1_000, 1_001, 1_001], source.Rows.OrderBy(row => row.Row).Select(row => row.Time.Milliseconds));
    }

    [Fact]
    public void Options_that_are_not_possible_are_refused_when_the_job_is_defined()
    {
        Refused("Generator 'rows': Count is -1", new GeneratorOptions { Count = -1 });
        Refused("Generator 'rows': RowsPerSecond is 0", new GeneratorOptions { RowsPerSecond = 0 });
        Refused("Generator 'rows': RowsPerSecond is NaN", new GeneratorOptions { RowsPerSecond = double.NaN });
        Refused("Generator 'rows': Interval is -1s", new GeneratorOptions { Interval = TimeSpan.FromSeconds(-1) });
        Refused("Generator 'rows': Splits is 0", new GeneratorOptions { Splits = 0 });

        void Refused(string start, GeneratorOptions options) =>
            Assert.StartsWith(start, Assert.Throws<JobDefinitionException>(() => New(options, 0, 1)).Message, StringComparison.Ordinal);
    }

    private SourceHarness<long> New(GeneratorOptions options, int subtask, int parallelism) =>
        new(job => job.Generate("rows", options, row => row.Index), subtask, parallelism, _time);

    private async Task<SourceHarness<long>> OpenAsync(GeneratorOptions options, IReadOnlyDictionary<string, long>? restored = null)
    {
        SourceHarness<long> source = New(options, 0, 1);
        source.Restored = restored ?? source.Restored;
        await source.OpenAsync();
        return source;
    }

    private async Task AdvanceAsync(SourceHarness<long> source, TimeSpan duration)
    {
        _time.Advance(duration);
        await source.ReadUntilAsync("the reader to wait", () => source.LastPoll == SourcePoll.Wait);
        source.Poll();
        await source.ReadUntilAsync("the reader to wait", () => source.LastPoll == SourcePoll.Wait);
    }

    private async Task<string[]> RowsAsync(GeneratorOptions options, int parallelism)
    {
        List<string> rows = [];
        for (int subtask = 0; subtask < parallelism; subtask++)
        {
            await using SourceHarness<string> source = new(
                job => job.Generate("rows", options, row => $"{row.Index:0000} {row.Integer(0, 1_000_000)} {row.Choice("a", "b")} {row.Time}"),
                subtask,
                parallelism,
                _time);
            await source.OpenAsync();
            await source.ReadToEndAsync();
            rows.AddRange(source.Rows.Select(row => row.Row));
        }

        return [.. rows.Order(StringComparer.Ordinal)];
    }
}
