namespace QueryStream.Runtime.Operators;

/// <summary>An operator as the chain sees it: one input for control elements, and a port for each of its row types.</summary>
/// <param name="Control">Takes control elements, once for all ports.</param>
/// <param name="Ports">Take batches.</param>
internal sealed record BuiltOperator(IControlInput? Control, params BatchPort[] Ports);
