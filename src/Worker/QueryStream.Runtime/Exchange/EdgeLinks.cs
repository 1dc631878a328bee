using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>One link of an edge, without its row type.</summary>
internal abstract class EdgeLink
{
    /// <summary>Sends all open batches.</summary>
    public abstract void SendAll();

    /// <summary>Sends the open batches of receivers that have nothing to do.</summary>
    public abstract void SendToIdle();

    /// <summary>Releases all open batches.</summary>
    public abstract void Drop();
}

/// <summary>A link to one receiver: it sends batches as they are.</summary>
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

/// <summary>A link that sends each batch to all receivers, which share it.</summary>
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
