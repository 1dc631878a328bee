using QueryStream.Streams.Batches;

namespace QueryStream.Streams.Connectors;

/// <summary>Where a stream ends. Part of the job's definition: it holds settings only and opens nothing.</summary>
/// <typeparam name="T">The rows.</typeparam>
public interface ISink<T>
{
    /// <summary>Makes the writer of one subtask. Called once an attempt, on the task's thread; must not block.</summary>
    ISinkWriter<T> CreateWriter(SinkContext context);
}

/// <summary>
/// Writes the rows of one subtask. All but <see cref="OpenAsync"/> is called in turns of the task and must not block: a writer
/// queues, sends, and retries for as long as the other side is away. While <see cref="IsFull"/>, the task takes no input,
/// and so pushes back to the source.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public interface ISinkWriter<T> : IAsyncDisposable
{
    /// <summary>Whether no more should be written for now. When it turns false outside of a turn the writer calls <see cref="ConnectorContext.Wake"/>.</summary>
    bool IsFull { get; }

    /// <summary>Whether all that was written is acknowledged. When it turns true outside of a turn the writer calls <see cref="ConnectorContext.Wake"/>.</summary>
    bool IsFlushed { get; }

    /// <summary>Connects. Called once, outside of the task; may wait.</summary>
    /// <exception cref="Core.Errors.ServiceUnavailableException">The other side does not answer within 10 s.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Takes rows over. The batch is borrowed for the call: a writer that keeps rows, or texts of them, calls <see cref="Batch.Detach"/> first. Rows
    /// of one key keep their order.
    /// </summary>
    void Write(Batch<T> batch);

    /// <summary>Asks to send at once what is held back to make larger packets; does not wait.</summary>
    void Flush();
}
