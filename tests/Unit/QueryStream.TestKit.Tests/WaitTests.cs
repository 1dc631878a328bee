namespace QueryStream.TestKit.Tests;

public sealed class WaitTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Waiting_returns_when_the_condition_holds()
    {
        int asked = 0;
        await Wait.UntilAsync("the third question", () => ++asked == 3);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task A_timeout_names_the_condition_and_the_state()
    {
        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(
            () => Wait.UntilAsync("pigs to fly", () => false, Soon, () => "pigs on the ground"));
        Assert.Contains("pigs to fly", failure.Message, StringComparison.Ordinal);
        Assert.Contains("pigs on the ground", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_advances_may_take_longer_than_the_limit()
    {
        long checks = 0;
        await Wait.WhileProgressAsync("a hundred checks", () => ++checks >= 100, () => checks, TimeSpan.Zero);
        Assert.Equal(100, checks);
    }

    [Fact]
    public async Task Work_that_stands_still_is_given_up_with_how_far_it_came()
    {
        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(
            () => Wait.WhileProgressAsync("the last step", () => false, () => 7, Soon));
        Assert.Contains("the last step", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no progress after 7", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_condition_throws_ends_the_wait() =>
        await Assert.ThrowsAsync<DivideByZeroException>(() => Wait.UntilAsync("nothing", Refuse));

    [Fact]
    public async Task A_task_that_faults_within_the_limit_throws_its_own_exception() =>
        await Assert.ThrowsAsync<DivideByZeroException>(() => Wait.ForAsync("it", Task.FromException(new DivideByZeroException())));

    [Fact]
    public async Task A_task_that_never_ends_is_given_up()
    {
        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(
            () => Wait.ForAsync("the end of time", new TaskCompletionSource().Task, Soon));
        Assert.Contains("the end of time", failure.Message, StringComparison.Ordinal);
    }

    private static bool Refuse() => throw new DivideByZeroException();
}
