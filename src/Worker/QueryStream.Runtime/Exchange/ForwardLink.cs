using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>A link to one receiver: batches change hands as they are.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="edge">The edge, with one channel.</param>
/// <param name="index">Which of its links this is.</param>
internal sealed class ForwardLink<T>(OutputEdge edge, int index) : EdgeLink, IInput<T>
{
    public void OnBatch(Batch<T> batch)
    {
        batch.Retain();
        edge.Channels[0].Send(batch, index);
    }

    public void OnControl(in Control control) => edge.OnControl(index, control);

    public override void SendAll()
    {
    }

    public override void SendToIdle()
    {
    }

    public override void Drop()
    {
    }
}
