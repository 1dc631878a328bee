using QueryStream.Core.Identity;

namespace QueryStream.Streams.Connectors;

/// <summary>
/// Where a stream begins. Part of the job's definition: it holds settings only, is built wherever the graph is built, and
/// opens nothing. See <see cref="ISourceReader{T}"/> for what does.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public interface ISource<T>
{
    /// <summary>Whether the source ends by itself.</summary>
    bool IsBounded { get; }

    /// <summary>
    /// Whether records carry event times of their own, such as Kafka's timestamps. If not, a job that goes by event time without
    /// <see cref="SourceStream{T}.Watermarks"/> is warned.
    /// </summary>
    bool HasEventTimes => true;

    /// <summary>Makes the reader of one subtask. Called once an attempt, on the task's thread; must not block.</summary>
    ISourceReader<T> CreateReader(SourceContext context);
}

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

    /// <summary>
    /// What the reader itself wants in the snapshot of a split, besides the offset: for example the id of a topic. Called in a turn, when a
    /// barrier leaves the source. After a restore it is in <see cref="SourceContext.RestoredStates"/>.
    /// </summary>
    /// <param name="split">The split's index, as in <see cref="SourceBatch{T}.BeginSplit"/>.</param>
    /// <returns>Empty: nothing.</returns>
    ReadOnlyMemory<byte> SnapshotSplit(int split) => default;

    /// <summary>
    /// A checkpoint is complete: the job will never read again what it holds, unless someone starts it from an older one. A reader tells the
    /// other side here how far it is, for example by the offsets of a consumer group. Called in a turn; must not block. Ids rise, and
    /// checkpoints that were given up are left out.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="positions">How far each split was read when its barrier left the source, as the checkpoint holds it.</param>
    void CheckpointCompleted(CheckpointId checkpoint, IReadOnlyList<SplitPosition> positions)
    {
    }
}

/// <summary>What a reader knows after a poll.</summary>
public enum SourcePoll
{
    /// <summary>There may be more; poll again at once.</summary>
    More,

    /// <summary>Nothing now; the reader calls <see cref="ConnectorContext.Wake"/> when that changes.</summary>
    Wait,

    /// <summary>Nothing ever again: every split of this subtask has ended.</summary>
    End,
}
