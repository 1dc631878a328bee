using QueryStream.Runtime.Exchange;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>What becomes of a batch on its way.</summary>
public enum ChannelFault
{
    /// <summary>It arrives.</summary>
    None,

    /// <summary>It does not arrive.</summary>
    Lost,

    /// <summary>It arrives twice.</summary>
    Doubled,
}

/// <summary>Channels of a <c>JobHarness</c> of which one loses or doubles one batch. A service of the harness.</summary>
/// <param name="fault">What happens to the batch.</param>
/// <param name="batch">Which one: counted from 1 over all channels.</param>
internal sealed class FaultyChannels(ChannelFault fault, int batch) : IServiceProvider
{
    private int _sent;

    /// <summary>The channel that had the fault, and the rows that it has lost or brought twice; null while none had.</summary>
    public ChannelId? Faulty { get; private set; }

    /// <summary>The batches that were sent.</summary>
    public int Sent => _sent;

    public object? GetService(Type serviceType) =>
        serviceType == typeof(Func<IDataPlane, IDataPlane>) ? (Func<IDataPlane, IDataPlane>)(channels => new Plane(this, channels)) : null;

    private void Send(ChannelId channel, IChannelPeer peer, in ChannelElement element)
    {
        if (element.Kind != ChannelElementKind.Batch || ++_sent != batch || fault == ChannelFault.None)
        {
            peer.Send(element);
            return;
        }

        Faulty = channel;
        if (fault == ChannelFault.Lost)
        {
            element.Release();
            return;
        }

        element.Batch?.Retain();
        element.Frame?.Retain();
        peer.Send(element);
        peer.Send(element);
    }

    private sealed class Plane(FaultyChannels owner, IDataPlane channels) : IDataPlane
    {
        public IChannelPeer Connect(TaskEndpoint near, ChannelId channel) => new Peer(owner, channel, channels.Connect(near, channel));
    }

    private sealed class Peer(FaultyChannels owner, ChannelId channel, IChannelPeer peer) : IChannelPeer
    {
        public void Send(in ChannelElement element) => owner.Send(channel, peer, element);
    }
}
