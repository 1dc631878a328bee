using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Settings;

namespace QueryStream.Coordinator.Restarts;

/// <summary>How a job restarts after a failure: Flink's settings with Flink's defaults.</summary>
public sealed record RestartSettings : IValidatedSettings
{
    private const string Type = "restart-strategy.type";
    private const string FixedAttempts = "restart-strategy.fixed-delay.attempts";
    private const string MaxFailures = "restart-strategy.failure-rate.max-failures-per-interval";
    private const string Interval = "restart-strategy.failure-rate.failure-rate-interval";
    private const string Initial = "restart-strategy.exponential-delay.initial-backoff";
    private const string Max = "restart-strategy.exponential-delay.max-backoff";
    private const string Multiplier = "restart-strategy.exponential-delay.backoff-multiplier";
    private const string Threshold = "restart-strategy.exponential-delay.reset-backoff-threshold";
    private const string Jitter = "restart-strategy.exponential-delay.jitter-factor";
    private const string MaxAttempts = "restart-strategy.exponential-delay.attempts-before-reset-backoff";

    /// <summary>The strategy.</summary>
    [Setting(Type, "how a job restarts after a failure: exponential-delay, fixed-delay, failure-rate, none; unset: exponential-delay if it takes "
        + "checkpoints, else none")]
    public RestartStrategyType Strategy { get; init; } = RestartStrategyType.Unset;

    /// <summary>fixed-delay: after how many restarts the next failure ends the job.</summary>
    [Setting(FixedAttempts, "after how many restarts the next failure ends the job, at least 1")]
    public int FixedDelayAttempts { get; init; } = 1;

    /// <summary>fixed-delay: the delay before each restart.</summary>
    [Setting("restart-strategy.fixed-delay.delay", "the delay before each restart, at least 0s")]
    public TimeSpan FixedDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>failure-rate: how many failures an interval may have.</summary>
    [Setting(MaxFailures, "how many failures an interval may have, at least 1")]
    public int FailureRateMaxFailures { get; init; } = 1;

    /// <summary>failure-rate: the interval.</summary>
    [Setting(Interval, "the interval in which failures are counted, more than 0s")]
    public TimeSpan FailureRateInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>failure-rate: the delay before each restart.</summary>
    [Setting("restart-strategy.failure-rate.delay", "the delay before each restart, at least 0s")]
    public TimeSpan FailureRateDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>exponential-delay: the delay before the first restart.</summary>
    [Setting(Initial, "the delay before the first restart, more than 0s")]
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>exponential-delay: the longest delay.</summary>
    [Setting(Max, "the longest delay, at least the first one")]
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>exponential-delay: the factor between two delays.</summary>
    [Setting(Multiplier, "the factor between two delays, more than 1")]
    public double BackoffMultiplier { get; init; } = 1.5;

    /// <summary>exponential-delay: after how long without a failure the delays start again at the first one.</summary>
    [Setting(Threshold, "after how long without a failure the delays start again, more than 0s")]
    public TimeSpan ResetBackoffThreshold { get; init; } = TimeSpan.FromHours(1);

    /// <summary>exponential-delay: the random part of a delay, as a share of it.</summary>
    [Setting(Jitter, "the random part of a delay, 0 to 1")]
    public double JitterFactor { get; init; } = 0.1;

    /// <summary>exponential-delay: after how many restarts without a reset the next failure ends the job.</summary>
    [Setting(MaxAttempts, "after how many restarts without a reset the next failure ends the job, at least 1")]
    public int AttemptsBeforeResetBackoff { get; init; } = int.MaxValue;

    /// <inheritdoc/>
    public void Validate()
    {
        Check(FixedDelayAttempts >= 1, FixedAttempts, FixedDelayAttempts, "at least 1");
        Check(FailureRateMaxFailures >= 1, MaxFailures, FailureRateMaxFailures, "at least 1");
        Check(FailureRateInterval > TimeSpan.Zero, Interval, FailureRateInterval, "more than 0s");
        Check(InitialBackoff > TimeSpan.Zero, Initial, InitialBackoff, "more than 0s");
        Check(MaxBackoff >= InitialBackoff, Max, MaxBackoff, $"at least {Initial}, which is {Durations.Format(InitialBackoff)}");
        Check(BackoffMultiplier > 1, Multiplier, BackoffMultiplier, "more than 1");
        Check(ResetBackoffThreshold > TimeSpan.Zero, Threshold, ResetBackoffThreshold, "more than 0s");
        Check(JitterFactor is >= 0 and <= 1, Jitter, JitterFactor, "0 to 1");
        Check(AttemptsBeforeResetBackoff >= 1, MaxAttempts, AttemptsBeforeResetBackoff, "at least 1");
    }

    private static void Check<T>(bool isAllowed, string setting, T value, string allowed)
        where T : IFormattable
    {
        if (!isAllowed)
        {
            throw new SettingException(setting, string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"{value} is not allowed. Allowed: {allowed}."));
        }
    }
}

/// <summary>The restart strategies.</summary>
public enum RestartStrategyType
{
    /// <summary><see cref="ExponentialDelay"/> if checkpoints are taken, else <see cref="None"/>: without state, a restart repeats output.</summary>
    Unset,

    /// <summary>Delays that grow from failure to failure.</summary>
    ExponentialDelay,

    /// <summary>The same delay each time, a limited number of times.</summary>
    FixedDelay,

    /// <summary>The same delay each time, as long as failures are rare.</summary>
    FailureRate,

    /// <summary>No restart: the first failure ends the job.</summary>
    None,
}
