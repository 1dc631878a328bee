using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>An operator that talks to a system outside.</summary>
internal interface IConnectorOperator
{
    /// <summary>What people see.</summary>
    string Name { get; }

    /// <summary>Connects; outside of the task.</summary>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Lets go; outside of the task, once no more turns use the connector.</summary>
    ValueTask CloseAsync();
}

/// <summary>The head of a source task.</summary>
internal interface ISourceOperator : IConnectorOperator
{
    /// <summary>Whether nothing more will come.</summary>
    bool HasEnded { get; }

    /// <summary>Whether it was polled, and so knows where its splits begin: a snapshot before would not hold that.</summary>
    bool HasBegun { get; }

    /// <summary>The watermark that was handed on last.</summary>
    EventTime Watermark { get; }

    /// <summary>Divides the rows: those before belong to the checkpoint.</summary>
    void SendBarrier(CheckpointId checkpoint);

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

    /// <summary>Whether all that was handed over is acknowledged.</summary>
    bool IsFlushed { get; }

    /// <summary>Sends what is held back; called at the end of a turn with nothing else to do.</summary>
    void Flush();
}
