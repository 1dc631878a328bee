using QueryStream.Runtime.Exchange;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>The far end of a channel, which records the elements sent to it.</summary>
internal sealed class ElementLog : IChannelPeer
{
    public List<ChannelElement> Elements { get; } = [];

    public void Send(in ChannelElement element) => Elements.Add(element);

    /// <summary>The elements since the last call.</summary>
    public List<ChannelElement> Take()
    {
        List<ChannelElement> elements = [.. Elements];
        Elements.Clear();
        return elements;
    }
}
