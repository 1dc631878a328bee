using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Tests.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Tests.Windows;

public sealed class RefusedWindowsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static TheoryData<TimeSpan> ImpossibleDurations =>
        [TimeSpan.Zero, TimeSpan.FromMilliseconds(-1), TimeSpan.FromTicks(10_001), TimeSpan.FromDays(10_001), TimeSpan.MinValue, TimeSpan.MaxValue];

    [Theory]
    [MemberData(nameof(ImpossibleDurations))]
    public void A_duration_that_is_not_possible_is_refused_and_named(TimeSpan duration)
    {
        Refused(() => Tumbling.Of(duration), "A tumbling window", "its size", Durations.Format(duration));
        Refused(() => Sliding.Of(duration, Second), "A sliding window", "its size", Durations.Format(duration));
        Refused(() => Sliding.Of(Second, duration), "A sliding window", "its slide", Durations.Format(duration));
        Refused(() => Cumulating.Of(duration, Second), "A cumulating window", "its largest size", Durations.Format(duration));
        Refused(() => Cumulating.Of(Second, duration), "A cumulating window", "its step", Durations.Format(duration));
        Refused(() => Session.WithGap(duration), "A session", "its gap", Durations.Format(duration));
    }

    [Fact]
    public void An_offset_is_smaller_than_the_size_or_slide()
    {
        Refused(() => Tumbling.Of(Second, Second), "offset", "its size");
        Refused(() => Tumbling.Of(Second, -Second), "offset", "its size");
        Refused(() => Tumbling.Of(Second, TimeSpan.FromTicks(1)), "offset", "whole milliseconds");
        Refused(() => Sliding.Of(10 * Second, Second, 2 * Second), "offset", "its slide");
        Refused(() => Cumulating.Of(10 * Second, Second, 10 * Second), "offset", "its largest size");
    }

    [Fact]
    public void A_slide_is_at_most_the_size_and_need_not_divide_it()
    {
        Refused(() => Sliding.Of(Second, 2 * Second), "would be lost");
        Refused(() => Sliding.Of(TimeSpan.FromDays(1_000), TimeSpan.FromMilliseconds(1)), "100000 are possible");
        Assert.Equal(new EventTime(7_000), Sliding.Of(10 * Second, 7 * Second).StartOf(new EventTime(17_000)));
    }

    [Fact]
    public void A_step_divides_the_largest_size()
    {
        Refused(() => Cumulating.Of(10 * Second, 3 * Second), "a step must divide");
        Refused(() => Cumulating.Of(Second, 2 * Second), "a step must divide");
        Refused(() => Cumulating.Of(TimeSpan.FromDays(1_000), TimeSpan.FromMilliseconds(1)), "100000 are possible");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void A_window_of_rows_has_at_least_one(long rows)
    {
        Refused(() => Global.Of(rows), $"{rows} rows");
        Refused(() => Global.Every(rows), $"{rows} rows");
    }

    [Fact]
    public void Settings_that_are_not_possible_are_refused()
    {
        Refused(windows => windows.Lateness(TimeSpan.FromMilliseconds(-1)), "A lateness of");
        Refused(windows => windows.Lateness(TimeSpan.FromDays(10_001)), "A lateness of");
        Refused(windows => windows.Early(TimeSpan.Zero), "Early results every");
        Refused(windows => windows.Early(-Second), "Early results every");
        Refused(windows => windows.Early(TimeSpan.FromDays(25)), "Early results every");
        Refused(windows => windows.ProcessingTime().Lateness(Second), "in processing time");
        Refused(keyed => keyed.Windows(), "at least");
        Refused(keyed => keyed.Windows(Tumbling.Of(Second), Tumbling.Of(Second)), "each only once");
        Refused(
            keyed => keyed.Windows(Tumbling.Of(Second)).Aggregate(w => w.Count()).Of(Tumbling.Of(2 * Second)),
            "There are no results of Tumbling(2s)");
    }

    private static void Refused(Func<WindowedStream<int, int>, WindowedStream<int, int>> settings, string part) =>
        Refused(keyed => settings(keyed.Window(Tumbling.Of(Second))).Aggregate(w => w.Count()), part);

    private static void Refused(Func<KeyedStream<int, int>, object> define, string part) =>
        Refused(() => TestJob.Build(job => define(job.Source("numbers", new Unopened<int>()).KeyBy(row => row))), part);

    private static void Refused(Func<object> define, params string[] parts)
    {
        string message = Assert.Throws<JobDefinitionException>(define).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
