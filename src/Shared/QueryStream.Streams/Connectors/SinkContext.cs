using QueryStream.Core.Identity;

namespace QueryStream.Streams.Connectors;

/// <summary>The context of one subtask of a sink.</summary>
public sealed class SinkContext : ConnectorContext
{
    private readonly Action<long> _acknowledged;
    private readonly IConnectorHost _host;

    /// <summary>Creates a context.</summary>
    public SinkContext(TaskId task, Attempt attempt, int parallelism, IConnectorHost host, Action<long> acknowledged)
        : base(task, parallelism, host)
    {
        Attempt = attempt;
        Region = attempt;
        _acknowledged = acknowledged;
        _host = host;
    }

    /// <summary>The attempt, for fencing: later attempts have higher numbers.</summary>
    public Attempt Attempt { get; }

    /// <summary>
    /// The attempt in which all subtasks were started together, for fencing where another parallelism gives keys to other subtasks: lower than
    /// <see cref="Attempt"/> if this one has moved to another worker since, otherwise the same.
    /// </summary>
    public Attempt Region { get; init; }

    /// <summary>
    /// The pending committables of the restored checkpoint, for an <see cref="ITwoPhaseSinkWriter{T}"/>, oldest first. Set before the writer opens.
    /// Each committable goes to exactly one subtask.
    /// </summary>
    public IReadOnlyList<Committable> Restored { get; set; } = [];

    /// <summary>
    /// The index of the row that the writer passes to code of the job, such as an encoder, so that an error can name the row. Use it as the counter
    /// of the loop over the batch, in turns of the task. The engine sets it to -1 before each batch; an index outside of the batch means no row.
    /// </summary>
    public int Row { get; set; } = -1;

    /// <summary>Reports that the external system has acknowledged rows. Safe on any thread.</summary>
    public void Acknowledged(long rows) => _acknowledged(rows);

    /// <summary>
    /// Counts bytes of what is written, as the external system stores it and without what is around it, for the metric of bytes out. Called in turns
    /// only, once for each batch or write.
    /// </summary>
    public void AddBytes(long bytes) => _host.AddBytesWritten(bytes);

    /// <summary>
    /// Records how long the external system took to acknowledge one write, such as a request with many rows, for the metric of the latency of writes.
    /// Called in turns only.
    /// </summary>
    public void AddWrite(TimeSpan latency) => _host.AddWrite(latency);
}
