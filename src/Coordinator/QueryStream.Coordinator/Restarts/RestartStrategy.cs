using QueryStream.Core.Time;

namespace QueryStream.Coordinator.Restarts;

/// <summary>What happens after a failure.</summary>
internal abstract record RestartDecision
{
    private RestartDecision()
    {
    }

    /// <summary>The job restarts.</summary>
    /// <param name="Delay">When, from the failure on.</param>
    public sealed record Restart(TimeSpan Delay) : RestartDecision;

    /// <summary>The job ends as failed.</summary>
    /// <param name="Reason">Why it does not restart, for people: <c>its restart strategy is none</c>.</param>
    public sealed record GiveUp(string Reason) : RestartDecision;
}

/// <summary>
/// Decides after each failure of a job whether and when it restarts, with the semantics of Flink's strategies. Pure: time and randomness are
/// arguments, so that a simulation replays it. Used by one thread.
/// </summary>
internal abstract class RestartStrategy
{
    /// <summary>Creates the strategy that the settings name.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="takesCheckpoints">Whether the job takes checkpoints.</param>
    public static RestartStrategy Of(RestartSettings settings, bool takesCheckpoints) => settings.Strategy switch
    {
        RestartStrategyType.Unset when !takesCheckpoints => new NoRestartStrategy(),
        RestartStrategyType.None => new NoRestartStrategy(),
        RestartStrategyType.FixedDelay => new FixedDelayStrategy(settings),
        RestartStrategyType.FailureRate => new FailureRateStrategy(settings),
        _ => new ExponentialDelayStrategy(settings),
    };

    /// <summary>Decides after a failure.</summary>
    /// <param name="now">When it happened, on any clock that only moves forward.</param>
    /// <param name="random">64 random bits.</param>
    public abstract RestartDecision OnFailure(TimeSpan now, ulong random);

    /// <summary>
    /// Decides after the loss of a worker that the job has not caused. There is no delay, since none would prevent the next loss, and later delays do
    /// not grow by it; where the number of failures is limited, it counts as one.
    /// </summary>
    /// <inheritdoc cref="OnFailure"/>
    public virtual RestartDecision OnLoss(TimeSpan now, ulong random) =>
        OnFailure(now, random) is RestartDecision.GiveUp giveUp ? giveUp : AtOnce;

    private static RestartDecision AtOnce { get; } = new RestartDecision.Restart(TimeSpan.Zero);

    private sealed class NoRestartStrategy : RestartStrategy
    {
        public override RestartDecision OnFailure(TimeSpan now, ulong random) => new RestartDecision.GiveUp("its restart strategy is none");
    }

    private sealed class FixedDelayStrategy(RestartSettings settings) : RestartStrategy
    {
        private int _restarts;

        public override RestartDecision OnFailure(TimeSpan now, ulong random) => _restarts++ < settings.FixedDelayAttempts
            ? new RestartDecision.Restart(settings.FixedDelay)
            : new RestartDecision.GiveUp(
                $"it has restarted {settings.FixedDelayAttempts} times, and restart-strategy.fixed-delay.attempts allows no more");
    }

    private sealed class FailureRateStrategy(RestartSettings settings) : RestartStrategy
    {
        // The newest failures, at most as many as an interval may have.
        private readonly Queue<TimeSpan> _failures = new();

        public override RestartDecision OnFailure(TimeSpan now, ulong random)
        {
            if (_failures.Count == settings.FailureRateMaxFailures && now - _failures.Dequeue() <= settings.FailureRateInterval)
            {
                return new RestartDecision.GiveUp(
                    $"it has failed more than {settings.FailureRateMaxFailures} times in {Durations.Format(settings.FailureRateInterval)}, "
                    + "which restart-strategy.failure-rate allows");
            }

            _failures.Enqueue(now);
            return new RestartDecision.Restart(settings.FailureRateDelay);
        }
    }

    private sealed class ExponentialDelayStrategy(RestartSettings settings) : RestartStrategy
    {
        private int _restarts;
        private TimeSpan _next = settings.InitialBackoff;

        // When the job starts again after the last failure.
        private TimeSpan? _restartedAt;

        public override RestartDecision OnLoss(TimeSpan now, ulong random) => Count(now) ?? AtOnce;

        public override RestartDecision OnFailure(TimeSpan now, ulong random)
        {
            if (Count(now) is { } giveUp)
            {
                return giveUp;
            }

            TimeSpan delay = WithJitter(_next, random);
            _next = _next * settings.BackoffMultiplier < settings.MaxBackoff ? _next * settings.BackoffMultiplier : settings.MaxBackoff;
            _restartedAt = now + delay;
            return new RestartDecision.Restart(delay);
        }

        // Null: the job may restart once more.
        private RestartDecision? Count(TimeSpan now)
        {
            if (now - _restartedAt >= settings.ResetBackoffThreshold)
            {
                _restarts = 0;
                _next = settings.InitialBackoff;
            }

            return _restarts++ < settings.AttemptsBeforeResetBackoff
                ? null
                : new RestartDecision.GiveUp(
                    $"it has restarted {settings.AttemptsBeforeResetBackoff} times, and "
                    + "restart-strategy.exponential-delay.attempts-before-reset-backoff allows no more");
        }

        // Evenly spread around the delay, so that jobs that failed together do not restart together.
        private TimeSpan WithJitter(TimeSpan delay, ulong random)
        {
            double share = ((random >> 11) * (2.0 / (1UL << 53))) - 1;
            TimeSpan spread = delay * (1 + (share * settings.JitterFactor));
            return spread < settings.MaxBackoff ? spread : settings.MaxBackoff;
        }
    }
}
