using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Operators.Connectors;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// The operators of one task, wired, with its ends of the channels. Arrays, since turns walk them without an enumerator on the heap.
/// </summary>
/// <param name="Head">The first operator.</param>
/// <param name="Source">The first operator, where it is a source.</param>
/// <param name="Sinks">The ends that talk to systems outside.</param>
/// <param name="Edges">The edges that lead out.</param>
/// <param name="Channels">The channels that lead out, in the order of <see cref="ChannelLayout"/>.</param>
internal sealed record OperatorChain(
    BuiltOperator Head,
    ISourceOperator? Source,
    ISinkOperator[] Sinks,
    OutputEdge[] Edges,
    OutputChannel[] Channels);
