using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>The input of an operator for batches from a channel. Only the port knows the row type; channels do not.</summary>
internal abstract class BatchPort
{
    /// <summary>Decodes a batch from another process; the caller owns the batch.</summary>
    /// <param name="frame">The bytes. The caller keeps its reference.</param>
    /// <exception cref="Core.Codecs.CodecException">The bytes are no batch of this port's rows.</exception>
    public abstract Batch Decode(Frame frame);

    /// <summary>Passes a batch to the operator, which borrows it for the call.</summary>
    public abstract void Deliver(Batch batch);
}

/// <summary>The port of one row type.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="input">The operator's input.</param>
internal sealed class BatchPort<T>(IRowInput<T> input) : BatchPort
{
    /// <summary>The operator's input.</summary>
    public IRowInput<T> Input { get; } = input;

    public override Batch Decode(Frame frame) => Batch<T>.Read(frame);

    public override void Deliver(Batch batch) => Input.OnBatch((Batch<T>)batch);
}

/// <summary>An operator of a chain: one input for control elements, and a port for each of its row types.</summary>
/// <param name="Control">Receives control elements, once for all ports; null for a source.</param>
/// <param name="Ports">Receive batches.</param>
internal sealed record BuiltOperator(IControlInput? Control, params BatchPort[] Ports);
