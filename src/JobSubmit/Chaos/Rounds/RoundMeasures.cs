using QueryStream.JobSubmit.Chaos.Reports;

namespace QueryStream.JobSubmit.Chaos.Rounds;

/// <summary>Measures both outputs before, in and after the fault of a round.</summary>
internal sealed class RoundMeasures
{
    // Nothing can be said about the rate within less: the topic shows events only when a checkpoint is complete.
    private static readonly TimeSpan MinFault = TimeSpan.FromSeconds(1);

    private readonly OutputSeries[] _outputs;
    private readonly TimeProvider _time;
    private readonly long _baselineAt;
    private readonly LatencyHistogram[] _before = new LatencyHistogram[2];
    private readonly LatencyHistogram[] _during = new LatencyHistogram[2];
    private long _faultAt;
    private long _runsAt;
    private long _overAt;

    /// <summary>The baseline begins now.</summary>
    /// <param name="watch">The outputs.</param>
    /// <param name="time">The clock.</param>
    public RoundMeasures(OutputWatch watch, TimeProvider time)
    {
        _outputs = [watch.Topic, watch.Redis];
        _time = time;
        _baselineAt = time.GetTimestamp();

        // What came before belongs to no round.
        End(_before);
    }

    /// <summary>Those of the next round: its baseline is what comes after this one.</summary>
    public RoundMeasures? Next { get; set; }

    /// <summary>From the fault until it was over.</summary>
    public TimeSpan Length => _time.GetElapsedTime(_faultAt, _overAt);

    /// <summary>The fault begins now.</summary>
    public void Begin()
    {
        _faultAt = _time.GetTimestamp();
        End(_before);
    }

    /// <summary>The job has recovered, and has caught up with what came meanwhile.</summary>
    /// <param name="runsAgain">How long after the fault all of its tasks ran again.</param>
    public void End(TimeSpan runsAgain)
    {
        _overAt = _time.GetTimestamp();
        long min = _faultAt + (long)(Math.Max(MinFault.TotalSeconds, runsAgain.TotalSeconds) * _time.TimestampFrequency);
        _runsAt = Math.Min(min, _overAt);
        End(_during);
    }

    /// <summary>The round, after the baseline of the next one was measured.</summary>
    /// <param name="outcome">What has happened in it.</param>
    public ChaosRound Measure(RoundOutcome outcome) => new(outcome.Faults, outcome.Recoveries, ImpactOf(0), ImpactOf(1));

    private OutputImpact ImpactOf(int output)
    {
        OutputSeries series = _outputs[output];
        return new OutputImpact
        {
            Downtime = series.LongestGap(_faultAt, _overAt),
            BaselineRate = series.RateOf(_baselineAt, _faultAt),
            FaultRate = series.RateOf(_faultAt, _runsAt),
            Before = _before[output],
            During = _during[output],
            After = Next!._before[output],
        };
    }

    private void End(LatencyHistogram[] interval)
    {
        for (int i = 0; i < interval.Length; i++)
        {
            interval[i] = _outputs[i].NextInterval();
        }
    }
}
