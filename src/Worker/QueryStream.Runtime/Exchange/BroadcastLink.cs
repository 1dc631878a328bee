using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>A link that sends each batch to all receivers, who share it.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="edge">The edge.</param>
/// <param name="index">Which of its links this is.</param>
internal sealed class BroadcastLink<T>(OutputEdge edge, int index) : EdgeLink, IInput<T>
{
    public void OnBatch(Batch<T> batch)
    {
        foreach (OutputChannel channel in edge.Channels)
        {
            batch.Retain();
            channel.Send(batch, index);
        }
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
