using QueryStream.Coordinator.Restarts;
using QueryStream.Core.Errors;
using QueryStream.Streams.Settings;

namespace QueryStream.Coordinator.Tests;

/// <summary>The delays and the ends of each strategy, by Flink's settings.</summary>
public sealed class RestartStrategyTests
{
    [Fact]
    public void Without_a_setting_the_delays_grow_by_half_from_a_second_to_a_minute()
    {
        RestartStrategy strategy = New(("restart-strategy.exponential-delay.jitter-factor", "0"));
        double[] delays = [.. Enumerable.Range(0, 13).Select(failure => DelayAfter(strategy, failure * 100))];
        double[] expected = [.. Enumerable.Range(0, 13).Select(failure => Math.Min(60, Math.Pow(1.5, failure)))];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], delays[i], 1e-5);
        }
    }

    [Fact]
    public void Delays_start_again_after_a_long_time_without_a_failure()
    {
        RestartStrategy strategy = New(
            ("restart-strategy.exponential-delay.jitter-factor", "0"), ("restart-strategy.exponential-delay.reset-backoff-threshold", "10s"));
        Assert.Equal(1, DelayAfter(strategy, 0));
        Assert.Equal(1.5, DelayAfter(strategy, 10.999)); // 9.999 s after the restart.
        Assert.Equal(1, DelayAfter(strategy, 10.999 + 1.5 + 10));
    }

    [Fact]
    public void Jitter_spreads_delays_evenly_around_the_backoff_and_never_beyond_the_longest()
    {
        RestartStrategy New(string max) => RestartStrategyTests.New(
            ("restart-strategy.exponential-delay.jitter-factor", "0.5"),
            ("restart-strategy.exponential-delay.initial-backoff", "10s"),
            ("restart-strategy.exponential-delay.max-backoff", max));
        Assert.Equal(5, DelayAfter(New("60s"), 0, random: 0));
        Assert.Equal(10, DelayAfter(New("60s"), 0, random: 1UL << 63));
        Assert.Equal(15, DelayAfter(New("60s"), 0, random: ulong.MaxValue), 1e-6);
        Assert.Equal(12, DelayAfter(New("12s"), 0, random: ulong.MaxValue));
    }

    [Fact]
    public void Attempts_before_a_reset_are_limited_where_that_is_set()
    {
        RestartStrategy strategy = New(("restart-strategy.exponential-delay.attempts-before-reset-backoff", "2"));
        DelayAfter(strategy, 0);
        DelayAfter(strategy, 10);
        EndsWith("attempts-before-reset-backoff", strategy, 20);
    }

    [Fact]
    public void A_fixed_delay_restarts_so_many_times()
    {
        RestartStrategy strategy = New(
            ("restart-strategy.type", "fixed-delay"),
            ("restart-strategy.fixed-delay.attempts", "3"),
            ("restart-strategy.fixed-delay.delay", "200ms"));
        Assert.Equal([0.2, 0.2, 0.2], Enumerable.Range(0, 3).Select(failure => DelayAfter(strategy, failure)));
        EndsWith("3 times", strategy, 1_000_000);
    }

    [Fact]
    public void A_failure_rate_restarts_while_failures_are_rare()
    {
        RestartStrategy strategy = New(
            ("restart-strategy.type", "failure-rate"),
            ("restart-strategy.failure-rate.max-failures-per-interval", "2"),
            ("restart-strategy.failure-rate.failure-rate-interval", "10s"),
            ("restart-strategy.failure-rate.delay", "5s"));
        Assert.Equal([5, 5, 5, 5], new double[] { 0, 9, 10.5, 20 }.Select(now => DelayAfter(strategy, now)));
        EndsWith("more than 2 times in 10s", strategy, 20.5);
    }

    [Fact]
    public void A_lost_worker_has_no_delay_and_lets_no_later_delay_grow()
    {
        RestartStrategy strategy = New(("restart-strategy.exponential-delay.jitter-factor", "0"));
        for (int loss = 0; loss < 20; loss++)
        {
            Assert.Equal(new RestartDecision.Restart(TimeSpan.Zero), strategy.OnLoss(TimeSpan.FromSeconds(loss), 0));
        }

        Assert.Equal(1, DelayAfter(strategy, 20));
    }

    [Theory]
    [InlineData("restart-strategy.exponential-delay.attempts-before-reset-backoff")]
    [InlineData("restart-strategy.fixed-delay.attempts", "restart-strategy.type", "fixed-delay")]
    [InlineData("restart-strategy.failure-rate.max-failures-per-interval", "restart-strategy.type", "failure-rate")]
    public void A_lost_worker_counts_where_the_number_of_failures_is_limited(string limit, params string[] type)
    {
        RestartStrategy strategy = New([(limit, "2"), .. type.Chunk(2).Select(pair => (pair[0], pair[1]))]);
        Assert.Equal(new RestartDecision.Restart(TimeSpan.Zero), strategy.OnLoss(default, 0));
        Assert.Equal(new RestartDecision.Restart(TimeSpan.Zero), strategy.OnLoss(default, 0));
        Assert.IsType<RestartDecision.GiveUp>(strategy.OnLoss(default, 0));
    }

    [Fact]
    public void None_ends_the_job_that_has_lost_a_worker() =>
        Assert.IsType<RestartDecision.GiveUp>(New(("restart-strategy.type", "none")).OnLoss(default, 0));

    [Fact]
    public void Unset_means_none_for_a_job_without_checkpoints() =>
        EndsWith("strategy is none", RestartStrategy.Of(new RestartSettings(), takesCheckpoints: false), 0);

    [Fact]
    public void None_ends_the_job_at_once() => EndsWith("strategy is none", New(("restart-strategy.type", "none")), 0);

    [Theory]
    [InlineData("restart-strategy.fixed-delay.attempts", "0", "at least 1")]
    [InlineData("restart-strategy.failure-rate.max-failures-per-interval", "0", "at least 1")]
    [InlineData("restart-strategy.failure-rate.failure-rate-interval", "0s", "more than 0s")]
    [InlineData("restart-strategy.exponential-delay.initial-backoff", "0s", "more than 0s")]
    [InlineData("restart-strategy.exponential-delay.max-backoff", "1ms", "at least restart-strategy.exponential-delay.initial-backoff")]
    [InlineData("restart-strategy.exponential-delay.backoff-multiplier", "1", "more than 1")]
    [InlineData("restart-strategy.exponential-delay.jitter-factor", "1.5", "0 to 1")]
    [InlineData("restart-strategy.exponential-delay.reset-backoff-threshold", "0s", "more than 0s")]
    [InlineData("restart-strategy.exponential-delay.attempts-before-reset-backoff", "0", "at least 1")]
    public void A_wrong_setting_is_refused_with_what_is_allowed(string setting, string value, string allowed)
    {
        SettingException refusal = Assert.Throws<SettingException>(() => New((setting, value)));
        Assert.Equal(setting, refusal.Setting);
        Assert.Contains(allowed, refusal.Message, StringComparison.Ordinal);
    }

    private static RestartStrategy New(params (string Setting, string Value)[] settings) =>
        RestartStrategy.Of(
            SettingsBinder.Bind<RestartSettings>(settings.ToDictionary(setting => setting.Setting, setting => setting.Value)),
            takesCheckpoints: true);

    private static double DelayAfter(RestartStrategy strategy, double seconds, ulong random = 0) =>
        Assert.IsType<RestartDecision.Restart>(strategy.OnFailure(TimeSpan.FromSeconds(seconds), random)).Delay.TotalSeconds;

    private static void EndsWith(string reason, RestartStrategy strategy, double seconds) => Assert.Contains(
        reason, Assert.IsType<RestartDecision.GiveUp>(strategy.OnFailure(TimeSpan.FromSeconds(seconds), 0)).Reason, StringComparison.Ordinal);
}
