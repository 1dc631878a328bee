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
    /// The epochs that the restored checkpoint holds, for an <see cref="ITwoPhaseSinkWriter{T}"/>; set before it opens. Each subtask of the attempt
    /// that wrote them has its epochs here, oldest first, or in another subtask's context; never in both.
    /// </summary>
    public IReadOnlyList<PendingEpoch> Restored { get; set; } = [];

    /// <summary>
    /// The index of the row that a writer passes to code of the job, such as a serializer: the error of a row that throws names the row. Use it as
    /// the counter of the loop over the batch, in turns of the task. The engine sets it to -1 before each batch; an index outside of the batch stands
    /// for no row.
    /// </summary>
    public int Row { get; set; } = -1;

    /// <summary>The other side has acknowledged rows. Safe on any thread.</summary>
    public void Acknowledged(long rows) => _acknowledged(rows);
}
