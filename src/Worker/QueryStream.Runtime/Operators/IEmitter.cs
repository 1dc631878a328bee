using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>An output of a function, whatever its rows are.</summary>
internal interface IEmitter : IControlInput
{
    /// <summary>Whether there is a full batch to hand on.</summary>
    bool HasFull { get; }

    /// <summary>Remembers what there is now.</summary>
    void Mark();

    /// <summary>Takes back what was emitted since <see cref="Mark"/>; nothing may have been handed on in between.</summary>
    void Rollback();

    /// <summary>Hands on what was collected. Not while the function runs: what those who take it throw is not the function's.</summary>
    /// <param name="from">The batch that the rows were made of; null: of none.</param>
    void Flush(Batch? from = null);
}
