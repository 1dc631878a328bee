namespace QueryStream.Streams.Connectors;

/// <summary>
/// Reads the splits (partitions, files) of one subtask. Subtask <c>i</c> of <c>n</c> owns the splits whose index modulo <c>n</c>
/// is <c>i</c>, in an order that all subtasks agree on; it may own none.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public interface ISourceReader<T> : IAsyncDisposable
{
    /// <summary>Connects, and goes on behind <see cref="SourceContext.Restored"/>. Called once, outside of the task; may wait.</summary>
    /// <returns>The names of this subtask's splits; their indexes in this list are what <see cref="SourceBatch{T}"/> wants.</returns>
    /// <exception cref="Core.Errors.ServiceUnavailableException">The other side does not answer within 10 s.</exception>
    Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Adds rows to the batch, as many as are there and fit. Called in turns of the task, only after
    /// <see cref="OpenAsync"/>; must not block, and must take no more than about a millisecond.
    /// What the outside does wrong (a lost connection, a malformed record) is not thrown: it is waited for, or dead-lettered.
    /// </summary>
    SourcePoll Poll(SourceBatch<T> batch);
}
