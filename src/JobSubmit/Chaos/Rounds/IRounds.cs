using QueryStream.JobSubmit.Chaos.Reports;

namespace QueryStream.JobSubmit.Chaos.Rounds;

/// <summary>What runs the job, and does harm to it. Disposing of it ends all of its processes.</summary>
internal interface IRounds : IAsyncDisposable
{
    /// <summary>How long the job runs before each fault and after the last one, so that its rates and latencies are known.</summary>
    TimeSpan Baseline { get; }

    /// <summary>The number of completed checkpoints.</summary>
    long Checkpoints { get; }

    /// <summary>How often the job started from a checkpoint.</summary>
    long Restores { get; }

    /// <summary>What nobody has caused, each as a line.</summary>
    IReadOnlyList<string> Remarks { get; }

    /// <summary>Starts everything, and returns when the job has written output.</summary>
    Task StartAsync();

    /// <summary>Runs a round: does harm, and returns when the job has recovered.</summary>
    /// <param name="measures">Is told when the fault begins, and when it is over.</param>
    Task<RoundOutcome> RunAsync(RoundMeasures measures);

    /// <summary>All events are produced: the job reads the rest, closes all windows, commits and ends.</summary>
    Task FinishAsync();
}

/// <summary>What has happened in a round.</summary>
/// <param name="Faults">Its faults.</param>
/// <param name="Recoveries">The phases of each recovery.</param>
internal sealed record RoundOutcome(IReadOnlyList<Fault> Faults, IReadOnlyList<IReadOnlyList<Phase>> Recoveries);
