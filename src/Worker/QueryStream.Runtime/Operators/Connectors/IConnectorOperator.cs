using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>An operator that talks to a system outside.</summary>
internal interface IConnectorOperator
{
    /// <summary>What people see.</summary>
    string Name { get; }

    /// <summary>Connects; outside of the task.</summary>
    /// <returns>What the operator has to note of it, in a turn of the task.</returns>
    Task<Action> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Disposes the connector; outside of the task, once no more turns use it.</summary>
    ValueTask CloseAsync();
}

/// <summary>The head of a source task.</summary>
internal interface ISourceOperator : IConnectorOperator
{
    /// <summary>Whether nothing more will come.</summary>
    bool HasEnded { get; }

    /// <summary>Whether it was polled at least once: where splits begin is known, and can be in a snapshot, only from then on.</summary>
    bool HasBegun { get; }

    /// <summary>The watermark that was handed on last.</summary>
    EventTime Watermark { get; }

    /// <summary>Divides the rows: those before belong to the checkpoint.</summary>
    void SendBarrier(CheckpointId checkpoint);

    /// <summary>A checkpoint whose barrier it has sent is complete.</summary>
    void CompleteCheckpoint(CheckpointId checkpoint);

    /// <summary>Called once, when the connectors of the task are open.</summary>
    void Start();

    /// <summary>Takes a batch from the outside.</summary>
    /// <returns>Whether there may be more at once.</returns>
    bool TakeInput();
}

/// <summary>An end of a chain.</summary>
internal interface ISinkOperator : IConnectorOperator
{
    /// <summary>Whether the task must not hand over more for now.</summary>
    bool IsFull { get; }

    /// <summary>Whether the rows before the last barrier are safe, so that the task may acknowledge it: flushed, or prepared.</summary>
    bool IsPrepared { get; }

    /// <summary>Whether the task may end: all that was handed over is acknowledged, or waits for a checkpoint.</summary>
    bool IsFlushed { get; }

    /// <summary>Whether rows wait for a checkpoint before they become visible.</summary>
    bool HasPending { get; }

    /// <summary>The epochs that opening it will commit, of the checkpoint that was restored.</summary>
    bool HasRestored { get; }

    /// <summary>Ends the last epoch of all: no row follows.</summary>
    void PrepareToEnd();

    /// <summary>A checkpoint is complete.</summary>
    /// <param name="checkpoint">The checkpoint; null: the last one of all, which holds what <see cref="PrepareToEnd"/> has ended.</param>
    void CompleteCheckpoint(CheckpointId? checkpoint);

    /// <summary>A checkpoint was given up.</summary>
    void AbortCheckpoint(CheckpointId checkpoint);

    /// <summary>Sends what is held back; called at the end of a turn with nothing else to do.</summary>
    void Flush();
}
