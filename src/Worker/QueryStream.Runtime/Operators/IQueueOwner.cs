using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>An operator with a <see cref="InputQueue"/>: a control element may cause more work than fits into a turn.</summary>
internal interface IQueueOwner : IAttributable
{
    /// <summary>Whether the operator has to do work before it forwards the element.</summary>
    bool HasWork(in Control control);

    /// <summary>Does about a batch of that work.</summary>
    void ProcessPortion(in Control control);

    /// <summary>Handles the element and forwards it. A stateful operator is captured before it forwards a barrier.</summary>
    void Forward(in Control control);
}
