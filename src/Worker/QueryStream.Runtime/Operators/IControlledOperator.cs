using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>An operator for which control elements may mean work in portions, through a <see cref="ControlQueue"/>.</summary>
internal interface IControlledOperator
{
    /// <summary>What people see.</summary>
    string Name { get; }

    /// <summary>Whether something is to be done before the element may go on.</summary>
    bool HasWork(in Control control);

    /// <summary>Does about a batch of that.</summary>
    void DoSome(in Control control);

    /// <summary>Takes note of the element and hands it on; before a barrier goes on, a stateful operator is captured.</summary>
    void Forward(in Control control);
}
