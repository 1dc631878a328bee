using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Operators.Connectors;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// The operators of one task and its outgoing channels. Arrays, so that turns enumerate them without an allocation.
/// </summary>
/// <param name="Head">The first operator.</param>
/// <param name="Source">The first operator, if it is a source.</param>
/// <param name="Sinks">The sinks.</param>
/// <param name="Edges">The outgoing edges.</param>
/// <param name="Channels">The outgoing channels, in the order of <see cref="ChannelLayout"/>.</param>
internal sealed record OperatorChain(
    BuiltOperator Head,
    ISourceOperator? Source,
    ISinkOperator[] Sinks,
    OutputEdge[] Edges,
    OutputChannel[] Channels);
