using QueryStream.Streams.Batches;

namespace QueryStream.Streams.Connectors;

/// <summary>The end of a stream. Part of the job's definition: it holds only settings and opens nothing.</summary>
/// <typeparam name="T">The rows.</typeparam>
public interface ISink<T>
{
    /// <summary>Creates the writer of one subtask. Called once for each attempt, in a turn of the task; must not block.</summary>
    ISinkWriter<T> CreateWriter(SinkContext context);
}

/// <summary>
/// Writes the rows of one subtask. All members except <see cref="OpenAsync"/> are called in turns of the task and must not block: a writer queues
/// rows, sends them, and retries while the external system is unavailable. While <see cref="IsFull"/> is true, the task takes no input, which causes
/// backpressure up to the source.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public interface ISinkWriter<T> : IAsyncDisposable
{
    /// <summary>
    /// Whether the writer takes no more rows for now. When it becomes false outside of a turn, the writer calls <see cref="ConnectorContext.Wake"/>.
    /// </summary>
    bool IsFull { get; }

    /// <summary>
    /// Whether all rows are acknowledged. When it becomes true outside of a turn, the writer calls <see cref="ConnectorContext.Wake"/>.
    /// </summary>
    bool IsFlushed { get; }

    /// <summary>Connects. Called once, outside of the task; may wait.</summary>
    /// <exception cref="Core.Errors.ServiceUnavailableException">The external system does not answer within 10 s.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Takes rows. The batch is borrowed for the call: a writer that keeps rows or their texts calls <see cref="Batch.Detach"/> first. Rows of the
    /// same key must keep their order.
    /// </summary>
    void Write(Batch<T> batch);

    /// <summary>Asks the writer to send buffered rows at once. Does not wait.</summary>
    void Flush();
}
