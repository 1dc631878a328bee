using QueryStream.Core.Identity;

namespace QueryStream.Streams.Connectors;

/// <summary>
/// The start of a stream. Part of the job's definition: it holds only settings and opens nothing. <see cref="ISourceReader{T}"/> does the reading.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public interface ISource<T>
{
    /// <summary>Whether the source is bounded: it ends by itself.</summary>
    bool IsBounded { get; }

    /// <summary>
    /// Whether records have event times, such as Kafka's timestamps. If not, a job that uses event time without
    /// <see cref="SourceStream{T}.Watermarks"/> gets a warning.
    /// </summary>
    bool HasEventTimes => true;

    /// <summary>Creates the reader of one subtask. Called once for each attempt, in a turn of the task; must not block.</summary>
    ISourceReader<T> CreateReader(SourceContext context);
}

/// <summary>
/// Reads the splits (partitions, files) of one subtask. Each split belongs to one subtask, by a rule that all subtasks compute alike: by its index in
/// a fixed order modulo the parallelism, or by a hash of its name if splits are found at different times. A subtask may own none.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public interface ISourceReader<T> : IAsyncDisposable
{
    /// <summary>
    /// Connects, and continues after the positions in <see cref="SourceContext.Restored"/>. Called once, outside of the task; may wait.
    /// </summary>
    /// <returns>The names of this subtask's splits. <see cref="SourceBatch{T}"/> refers to splits by their index in this list.</returns>
    /// <exception cref="Core.Errors.ServiceUnavailableException">The external system does not answer within 10 s.</exception>
    Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Adds the available rows to the batch until it is full. Called in turns of the task, after <see cref="OpenAsync"/>; must not block, and should
    /// take at most about a millisecond. External faults are not thrown: the reader waits for a lost connection, and makes malformed records dead
    /// letters.
    /// </summary>
    SourcePoll Poll(SourceBatch<T> batch);

    /// <summary>
    /// Additional state of a split for the snapshot, for example the id of a topic. Called in a turn, when a barrier leaves the source.
    /// <see cref="SourceContext.RestoredStates"/> returns it after a restore.
    /// </summary>
    /// <param name="split">The split's index, as in <see cref="SourceBatch{T}.BeginSplit"/>.</param>
    /// <returns>The state; empty: none.</returns>
    ReadOnlyMemory<byte> SnapshotSplit(int split) => default;

    /// <summary>
    /// How many records of a split are there and not yet read, as far as the reader knows without asking; null: it does not know. For metrics. Called
    /// in a turn, about once a second.
    /// </summary>
    /// <param name="split">The split's index, as in <see cref="SourceBatch{T}.BeginSplit"/>.</param>
    long? PendingRecords(int split) => null;

    /// <summary>
    /// Called when a checkpoint is complete: the job will not read its records again, unless it is started from an older checkpoint. A reader may
    /// report its position to the external system, for example as offsets of a consumer group. Called in a turn; must not block. Ids increase;
    /// aborted checkpoints are left out.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="positions">The positions in the checkpoint.</param>
    void CheckpointCompleted(CheckpointId checkpoint, IReadOnlyList<SplitPosition> positions)
    {
    }
}

/// <summary>The result of a poll.</summary>
public enum SourcePoll
{
    /// <summary>More rows may be available: poll again at once.</summary>
    More,

    /// <summary>No rows are available; the reader calls <see cref="ConnectorContext.Wake"/> when that changes.</summary>
    Wait,

    /// <summary>Every split of this subtask has ended.</summary>
    End,
}
