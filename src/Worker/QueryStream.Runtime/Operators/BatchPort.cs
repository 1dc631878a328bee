using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>Where batches come in from a channel. It alone knows their row type, so that nothing between two operators needs to.</summary>
internal abstract class BatchPort
{
    /// <summary>Reads a batch that came from another process; the caller holds it.</summary>
    /// <param name="frame">The bytes; the caller keeps its hold.</param>
    /// <exception cref="Core.Codecs.CodecException">They are no batch of this port's rows.</exception>
    public abstract Batch Decode(Frame frame);

    /// <summary>Hands a batch to the operator, which borrows it for the call.</summary>
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

/// <summary>An operator as the chain sees it: one input for control elements, and a port for each of its row types.</summary>
/// <param name="Control">Takes control elements, once for all ports.</param>
/// <param name="Ports">Take batches.</param>
internal sealed record BuiltOperator(IControlInput? Control, params BatchPort[] Ports);
