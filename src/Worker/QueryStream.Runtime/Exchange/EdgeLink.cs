namespace QueryStream.Runtime.Exchange;

/// <summary>One link of an edge, without its row type.</summary>
internal abstract class EdgeLink
{
    /// <summary>Sends all batches in the making.</summary>
    public abstract void SendAll();

    /// <summary>Sends the batches in the making to receivers that have nothing to do.</summary>
    public abstract void SendToIdle();

    /// <summary>Gives back the batches in the making.</summary>
    public abstract void Drop();
}
