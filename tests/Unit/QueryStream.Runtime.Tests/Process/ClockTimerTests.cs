using QueryStream.Core.Time;
using QueryStream.Streams.Functions;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Process;

public sealed class ClockTimerTests
{
    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MinValue + 1)]
    [InlineData(-1)]
    [InlineData(0)]
    public void A_timer_of_the_past_is_called_at_once_and_holds_up_no_other(long past)
    {
        using OperatorHarness<int, string> harness = new(rows => rows.KeyBy(row => row).Process(() => new Timers(new EventTime(past)), "timers"));
        harness.Job.IsPinned = true;
        harness.Push(2, 0);
        harness.Push(1, 0);
        harness.Push(3, 0);
        harness.Advance(TimeSpan.Zero);
        Assert.Equal(["key 1"], harness.Take());

        harness.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["key 2", "key 3"], harness.Take().Order());
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 1)]
    public void A_timer_at_the_end_of_time_holds_up_no_other(long future)
    {
        using OperatorHarness<int, string> harness = new(rows => rows.KeyBy(row => row).Process(() => new Timers(new EventTime(future)), "timers"));
        harness.Push(1, 0);
        harness.Push(2, 0);
        harness.Advance(TimeSpan.FromDays(100));
        Assert.Equal(["key 2"], harness.Take());
    }

    // Key 1 sets its timer at the given time, every other key one second ahead.
    private sealed class Timers(EventTime first) : KeyedProcessFunction<int, int, string>
    {
        public override void Process(in int row, KeyedContext<int, string> context) =>
            context.SetProcessingTimeTimer(row == 1 ? first : context.ProcessingTime.Add(TimeSpan.FromSeconds(1)));

        public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<int, string> context) => context.Emit($"key {context.Key}");
    }
}
