using QueryStream.Core.Identity;

namespace QueryStream.Streams.Connectors;

/// <summary>What one subtask of a sink is given.</summary>
public sealed class SinkContext : ConnectorContext
{
    private readonly Action<long> _acknowledged;

    /// <summary>Creates a context.</summary>
    public SinkContext(TaskId task, Attempt attempt, int parallelism, IConnectorHost host, Action<long> acknowledged)
        : base(task, parallelism, host)
    {
        Attempt = attempt;
        _acknowledged = acknowledged;
    }

    /// <summary>The attempt, for fences: a later one has a higher number.</summary>
    public Attempt Attempt { get; }

    /// <summary>
    /// The epochs that the restored checkpoint holds, for an <see cref="ITwoPhaseSinkWriter{T}"/>; set before it opens. Each subtask of the attempt that
    /// wrote them has its epochs here, oldest first, or in another subtask's context; never in both.
    /// </summary>
    public IReadOnlyList<PendingEpoch> Restored { get; set; } = [];

    /// <summary>The row of the batch for which code of the job threw; -1 where none did, or it is not known.</summary>
    public int Culprit { get; private set; } = -1;

    /// <summary>For exception filters around code of the job, such as a serializer: notes for which row of the batch it was called, and never catches.</summary>
    /// <returns>False.</returns>
    public bool Blame(int row)
    {
        Culprit = row;
        return false;
    }

    /// <summary>The other side has acknowledged rows. Safe on any thread.</summary>
    public void Acknowledged(long rows) => _acknowledged(rows);
}
