namespace QueryStream.TestKit.Tests;

public sealed class ManualTimeTests
{
    private readonly ManualTime _time = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Time_stands_still_until_it_is_advanced()
    {
        long timestamp = _time.GetTimestamp();
        Assert.Equal(ManualTime.DefaultStart, _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(ManualTime.DefaultStart.AddSeconds(1.5), _time.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(1.5), _time.GetElapsedTime(timestamp));
    }

    [Fact]
    public void Timers_fire_in_order_of_time_each_at_its_own_time()
    {
        Start("late", 30);
        Start("early", 10);
        Start("middle", 20);
        _time.Advance(TimeSpan.FromMilliseconds(25));
        Assert.Equal(["early@10", "middle@20"], _fired);
        _time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(["early@10", "middle@20", "late@30"], _fired);
        Assert.Equal(0, _time.Timers);
    }

    [Fact]
    public void Timers_of_one_time_fire_in_order_of_creation()
    {
        Start("a", 10);
        Start("b", 10);
        Start("c", 10);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(["a@10", "b@10", "c@10"], _fired);
    }

    [Fact]
    public void A_timer_that_is_due_at_once_waits_for_the_next_advance()
    {
        Start("now", 0);
        Assert.Empty(_fired);
        _time.Advance(TimeSpan.Zero);
        Assert.Equal(["now@0"], _fired);
    }

    [Fact]
    public void A_periodic_timer_fires_as_often_as_its_period_fits()
    {
        using ITimer timer = _time.CreateTimer(_ => Note("tick"), null, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(10));
        _time.Advance(TimeSpan.FromMilliseconds(30));
        Assert.Equal(["tick@5", "tick@15", "tick@25"], _fired);
    }

    [Fact]
    public void A_disposed_timer_stays_silent_and_refuses_changes()
    {
        ITimer timer = Start("never", 10);
        timer.Dispose();
        Assert.False(timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Empty(_fired);
    }

    [Fact]
    public void A_changed_timer_fires_at_its_new_time_only()
    {
        ITimer timer = Start("moved", 10);
        Assert.True(timer.Change(TimeSpan.FromMilliseconds(40), Timeout.InfiniteTimeSpan));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(["moved@40"], _fired);
    }

    [Fact]
    public void A_timer_made_by_a_timer_fires_in_the_same_advance_where_it_falls_into_it()
    {
        _time.CreateTimer(_ => Start("second", 5), null, TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(["second@15"], _fired);
    }

    [Fact]
    public void A_timer_must_not_advance_the_clock()
    {
        _time.CreateTimer(_ => _time.Advance(TimeSpan.Zero), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.Throws<InvalidOperationException>(() => _time.Advance(TimeSpan.FromMilliseconds(1)));
        _time.Advance(TimeSpan.Zero);
    }

    [Fact]
    public void What_awaits_a_delay_goes_on_inside_the_advance()
    {
        Task waiting = WaitAndNoteAsync();
        _time.Advance(TimeSpan.FromMilliseconds(9));
        Assert.Empty(_fired);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.Equal(["awaited@10"], _fired);
    }

    private async Task WaitAndNoteAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(10), _time).ConfigureAwait(false);
        Note("awaited");
    }

    private ITimer Start(string name, int milliseconds) =>
        _time.CreateTimer(_ => Note(name), null, TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);

    private void Note(string name) => _fired.Add($"{name}@{(_time.GetUtcNow() - ManualTime.DefaultStart).TotalMilliseconds}");
}
