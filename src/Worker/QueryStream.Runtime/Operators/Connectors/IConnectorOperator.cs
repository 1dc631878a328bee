using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>A source or sink.</summary>
internal interface IConnectorOperator : IAttributable
{
    /// <summary>Connects. Runs outside of turns.</summary>
    /// <returns>The rest of the work, which changes the operator's state; called in a turn.</returns>
    Task<Action> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Disposes the connector. Runs outside of turns, when no more turns use it.</summary>
    ValueTask CloseAsync();
}

/// <summary>The head of a source task.</summary>
internal interface ISourceOperator : IConnectorOperator
{
    /// <summary>Whether the input has ended.</summary>
    bool HasEnded { get; }

    /// <summary>
    /// Whether it was polled at least once. Before that, the start positions of its splits are not known, so no snapshot can be taken.
    /// </summary>
    bool HasBegun { get; }

    /// <summary>The watermark that was emitted last.</summary>
    EventTime Watermark { get; }

    /// <summary>Sends the watermark that is due by the clock, though nothing is read.</summary>
    void AdvanceToNow();

    /// <summary>Sends the end of event time. Nothing is read after it.</summary>
    void Drain();

    /// <summary>Sends the barrier of a checkpoint.</summary>
    void SendBarrier(CheckpointId checkpoint);

    /// <summary>A checkpoint whose barrier the source has sent is complete.</summary>
    void CompleteCheckpoint(CheckpointId checkpoint);

    /// <summary>Called once, when the connectors of the task are open.</summary>
    void Start();

    /// <summary>Polls the source for a batch.</summary>
    /// <returns>Whether there may be more at once.</returns>
    bool TakeInput();

    /// <summary>The task takes no input for now. Called at the end of a turn, since what is pending grows meanwhile.</summary>
    void OnBlocked();
}

/// <summary>A sink, which ends a chain.</summary>
internal interface ISinkOperator : IConnectorOperator
{
    /// <summary>Whether the sink can take no more rows for now.</summary>
    bool IsFull { get; }

    /// <summary>Whether the rows before the last barrier are safe, so that the task may acknowledge it: flushed, or prepared.</summary>
    bool IsPrepared { get; }

    /// <summary>Whether the task may end: all rows are acknowledged, or wait for a checkpoint.</summary>
    bool IsFlushed { get; }

    /// <summary>Whether rows wait for a checkpoint before they become visible.</summary>
    bool HasPending { get; }

    /// <summary>Whether the restored checkpoint holds committables, which are committed when the sink opens.</summary>
    bool HasRestored { get; }

    /// <summary>Prepares the last committable: no row follows.</summary>
    void PrepareToEnd();

    /// <summary>A checkpoint is complete.</summary>
    /// <param name="checkpoint">The checkpoint; null stands for the last one, which holds the committable of <see cref="PrepareToEnd"/>.</param>
    void CompleteCheckpoint(CheckpointId? checkpoint);

    /// <summary>A checkpoint was aborted.</summary>
    void AbortCheckpoint(CheckpointId checkpoint);

    /// <summary>Sends rows that are held back. Called at the end of a turn, when there is nothing else to do.</summary>
    void Flush();
}
