using QueryStream.Core.Errors;
using QueryStream.Runtime.Tests.Jobs;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Joins;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Joins;

/// <summary>A row's number is its event time in seconds. All rows have the same key. The watermark is one millisecond before the last row.</summary>
public sealed class JoinTests
{
    private readonly HarnessSource<long> _left = new();
    private readonly HarnessSource<long> _right = new();
    private readonly HarnessSink<string> _sink = new();
    private readonly HarnessSink<string> _late = new();
    private readonly HarnessSink<DeadLetter> _letters = new();

    [Fact]
    public void An_interval_join_pairs_rows_at_both_bounds_and_between()
    {
        using JobHarness job = Start(join => join.Within(Seconds(-2), Seconds(3)), isOuter: false);
        Push(job, left: [10]);
        Push(job, right: [7, 8, 9, 12, 13, 14]);
        Assert.Equal(["10-8 @10", "10-9 @10", "10-12 @12", "10-13 @13"], Take());
        Push(job, left: [11, 16]);
        Assert.Equal(["11-9 @11", "11-12 @12", "11-13 @13", "11-14 @14", "16-14 @16"], Take());
    }

    [Fact]
    public void An_interval_join_tells_of_left_rows_without_partners_once_none_can_come()
    {
        using JobHarness job = Start(join => join.Within(Seconds(-2), Seconds(3)), isOuter: true);
        Push(job, left: [10, 11]);
        Push(job, right: [8, 13]);
        Assert.Equal(["10-8 @10", "10-13 @13", "11-13 @13"], Take());
        Push(job, left: [30], right: [20]);
        Assert.Empty(Take());
        Push(job, left: [40]);
        Push(job, right: [34]);

        // After watermark 33.999 no match for 30 can follow. The result has the time when that became certain.
        Assert.Equal(["30- @33"], Take());
    }

    [Fact]
    public void An_interval_before_the_left_row_is_over_when_it_comes()
    {
        using JobHarness job = Start(join => join.Within(Seconds(-5), Seconds(-2)), isOuter: true);
        Push(job, right: [1, 6, 7]);
        Push(job, left: [4, 8, 9]);
        Assert.Equal(["4-1 @4", "8-6 @8", "9-6 @9", "9-7 @9"], Take());
        End(job);
        Assert.Empty(Take());
    }

    [Fact]
    public void Rows_behind_the_watermark_are_late_for_an_interval_join()
    {
        using JobHarness job = Start(join => join.Within(Seconds(-2), Seconds(3)), isOuter: true);
        Push(job, left: [10], right: [10]);
        Push(job, left: [9], right: [8]);
        Assert.Equal(["10-10 @10"], Take());
        Assert.Equal(["left 9", "right 8"], _late.Take().Order());
        Assert.Equal(2, job.Metrics.Sum(metrics => metrics.LateDropped.Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_window_join_gives_all_pairs_of_a_window_when_it_ends(bool isOuter)
    {
        using JobHarness job = Start(join => join.Window(Tumbling.Of(Seconds(10))), isOuter);
        Push(job, left: [1, 2, 15], right: [3, 9]);
        Assert.Empty(Take());
        Push(job, left: [20], right: [25]);
        string[] first = ["1-3 @9.999", "1-9 @9.999", "2-3 @9.999", "2-9 @9.999"];
        string[] second = isOuter ? ["15- @19.999"] : [];
        Assert.Equal(first.Concat(second), Take());
        End(job);
        Assert.Equal(["20-25 @29.999"], Take());
    }

    [Fact]
    public void Of_sliding_windows_a_pair_comes_once_for_each_that_both_rows_fall_into()
    {
        using JobHarness job = Start(join => join.Window(Sliding.Of(Seconds(10), Seconds(5))), isOuter: true);
        Push(job, left: [6], right: [8, 12]);
        End(job);
        Assert.Equal(["6-8 @9.999", "6-8 @14.999", "6-12 @14.999"], Take());
    }

    [Fact]
    public void Rows_of_a_window_that_has_ended_are_late_for_a_window_join()
    {
        using JobHarness job = Start(join => join.Window(Tumbling.Of(Seconds(10))), isOuter: false);
        Push(job, left: [1, 12], right: [2, 13]);
        Push(job, left: [3, 11], right: [4, 14]);
        End(job);
        Assert.Equal(["1-2 @9.999", "11-13 @19.999", "11-14 @19.999", "12-13 @19.999", "12-14 @19.999"], Take());
        Assert.Equal(["left 3", "right 4"], _late.Take().Order());
    }

    [Fact]
    public void Sessions_are_made_of_the_rows_of_both_sides()
    {
        using JobHarness job = Start(join => join.Window(Session.WithGap(Seconds(5))), isOuter: true);
        Push(job, left: [1, 7, 20], right: [4, 30, 34]);
        End(job);

        // 4 connects 1 and 7 to one session; 20 is alone; right rows without a left row give nothing.
        Assert.Equal(["1-4 @11.999", "7-4 @11.999", "20- @24.999"], Take());
    }

    [Fact]
    public void Rows_of_a_session_are_at_most_a_gap_apart()
    {
        using JobHarness job = Start(join => join.Window(Session.WithGap(Seconds(5))), isOuter: true);
        Push(job, left: [0, 10], right: [5, 15]);
        Assert.Empty(Take());

        // Watermark 19.999: a row at 20 would belong to it.
        Push(job, left: [20, 26], right: [26]);
        Assert.Equal(["0-5 @24.999", "0-15 @24.999", "10-5 @24.999", "10-15 @24.999", "20-5 @24.999", "20-15 @24.999"], Take());
    }

    [Fact]
    public void A_row_behind_the_watermark_still_belongs_to_a_session_that_has_not_ended()
    {
        using JobHarness job = Start(join => join.Window(Session.WithGap(Seconds(5))), isOuter: true);
        Push(job, left: [20], right: [20]);
        Push(job, left: [16, 10]);
        End(job);
        Assert.Equal(["16-20 @24.999", "20-20 @24.999"], Take());
        Assert.Equal(["left 10"], _late.Take());
    }

    public static TheoryData<Func<JoinedStreams<int, long, long>, TimedJoin<int, long, long>>> Conditions => new()
    {
        join => join.Within(Seconds(0), Seconds(1)),
        join => join.Window(Tumbling.Of(Seconds(1))),
        join => join.Window(Sliding.Of(Seconds(1), Seconds(1))),
        join => join.Window(Session.WithGap(Seconds(1))), join => join.AsOf(),
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void The_end_of_time_is_a_time_like_others(Func<JoinedStreams<int, long, long>, TimedJoin<int, long, long>> condition)
    {
        using JobHarness job = Start(condition, isOuter: true);
        _left.Push(1, long.MaxValue - 1_500);
        _left.Push(2, long.MaxValue - 1);
        _right.Push(3, long.MaxValue - 1);
        End(job);
        Assert.Equal(["1-", "2-3"], _sink.Take().Order(StringComparer.Ordinal));
        Assert.Empty(_late.Rows);
    }

    [Fact]
    public void A_left_row_finds_the_version_that_was_in_force_at_its_time_once_the_watermark_is_there()
    {
        using JobHarness job = Start(join => join.AsOf(), isOuter: true);
        Push(job, left: [5, 10, 14, 15]);
        Push(job, right: [8, 10, 12]);
        Push(job, right: [20]);
        Assert.Equal(["5- @5", "10-10 @10", "14-12 @14"], Take());
        Push(job, left: [30]);
        Assert.Equal(["15-12 @15"], Take());
        End(job);
        Assert.Equal(["30-20 @30"], Take());
    }

    [Fact]
    public void A_late_version_counts_for_those_who_still_ask_unless_a_later_one_is_in_force()
    {
        using JobHarness job = Start(join => join.AsOf(), isOuter: false);
        Push(job, left: [20], right: [10, 30]);
        Push(job, left: [15], right: [9, 16]);
        End(job);
        Assert.Equal(["20-16 @20"], Take());
        Assert.Equal(["left 15", "right 9"], _late.Take().Order());
    }

    [Fact]
    public void What_a_join_asks_of_the_job_may_fail_for_a_row_alone()
    {
        using JobHarness job = new(builder =>
        {
            JoinStream<long, long, string> pairs = Joined(builder).Within(Seconds(-1), Seconds(1))
                .LeftOuter((l, r) => l == 3 ? throw new TestFailure() : $"{l}-{r}", l => l is 6 or 8 ? throw new TestFailure() : $"{l}-", "join")
                .OnError(ErrorPolicy.DeadLetter);
            pairs.To("sink", _sink);
            pairs.Errors.To("letters", _letters);
        });
        Push(job, left: [1, 3, 6, 7, 8, 9]);
        Push(job, right: [1, 2, 3, 30]);
        End(job);
        Assert.Null(job.Failure);

        // The pairs of 3 have failed, so it has no match.
        Assert.Equal(["1-1 @1", "3- @4", "7- @8", "9- @10"], Take());
        Assert.Equal(["function-failed"], _letters.Take().Select(letter => letter.Reason).Distinct());
    }

    [Fact]
    public void A_function_of_a_join_that_throws_is_named()
    {
        using JobHarness job = new(builder =>
            Joined(builder).Within(Seconds(-1), Seconds(1)).Inner<string>((_, _) => throw new TestFailure(), "join").To("sink", _sink));
        Push(job, left: [1], right: [1]);
        Assert.Equal("join", job.Failure!.Operator);
        Assert.IsType<TestFailure>(job.Failure.Cause);
    }

    [Fact]
    public void Impossible_joins_are_refused_when_the_job_is_defined()
    {
        Refuses("bounds must be in order", join => join.Within(Seconds(1), Seconds(0)));
        Refuses("at most 10,000 days", join => join.Within(TimeSpan.Zero, TimeSpan.FromDays(10_001)));
        Refuses("whole milliseconds", join => join.Within(TimeSpan.Zero, TimeSpan.FromTicks(1)));
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static void Refuses(string why, Func<JoinedStreams<int, long, long>, TimedJoin<int, long, long>> condition)
    {
        JoinTests test = new();
        JobDefinitionException refused = Assert.Throws<JobDefinitionException>(() => test.Start(condition, isOuter: false));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    private JoinedStreams<int, long, long> Joined(StreamBuilder builder) =>
        builder.Source("left", _left).KeyBy(_ => 1).Join(builder.Source("right", _right).KeyBy(_ => 1));

    private JobHarness Start(Func<JoinedStreams<int, long, long>, TimedJoin<int, long, long>> condition, bool isOuter) => new(builder =>
    {
        TimedJoin<int, long, long> join = condition(Joined(builder));
        JoinStream<long, long, string> rows = isOuter
            ? join.LeftOuter((l, r) => $"{l}-{r}", l => $"{l}-", "join")
            : join.Inner((l, r) => $"{l}-{r}", "join");
        rows.To("sink", _sink);
        rows.LateLeft.Map(row => $"left {row}").To("late left", _late);
        rows.LateRight.Map(row => $"right {row}").To("late right", _late);
    });

    private void Push(JobHarness job, long[]? left = null, long[]? right = null)
    {
        foreach (long row in left ?? [])
        {
            _left.Push(row, row * 1_000);
        }

        foreach (long row in right ?? [])
        {
            _right.Push(row, row * 1_000);
        }

        job.Run();
    }

    private void End(JobHarness job)
    {
        _left.EndAll();
        _right.EndAll();
        job.Run();
    }

    // Ordered by time, then by row.
    private string[] Take()
    {
        string[] rows = [.. _sink.Rows
            .OrderBy(row => row.Time)
            .ThenBy(row => double.Parse(row.Row.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture))
            .ThenBy(row => row.Row.Length).ThenBy(row => row.Row, StringComparer.Ordinal)
            .Select(row => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{row.Row} @{row.Time.Milliseconds / 1000.0}"))];
        _sink.Rows.Clear();
        return rows;
    }
}
