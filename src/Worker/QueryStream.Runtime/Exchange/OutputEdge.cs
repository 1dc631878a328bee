using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>
/// The sender's end of an edge: its channels, and the links that share them. A control element is sent once, when it has arrived from all links,
/// after all earlier rows.
/// </summary>
internal sealed class OutputEdge : IControlInput
{
    private readonly OutputChannel[] _channels;
    private readonly EdgeLink[] _links;
    private readonly WatermarkCombiner _combiner;

    /// <summary>Creates an edge whose links are attached one by one.</summary>
    public OutputEdge(OutputChannel[] channels, int links)
    {
        _channels = channels;
        _links = new EdgeLink[links];
        _combiner = new WatermarkCombiner(links, risesWhileIdle: false);
    }

    /// <summary>The channels, by subtask of the receiver; one for a forward edge.</summary>
    public ReadOnlySpan<OutputChannel> Channels => _channels;

    /// <summary>Adds the link with this index.</summary>
    public void Attach(int index, EdgeLink link) => _links[index] = link;

    /// <summary>Combines a control element of one link with those of the others.</summary>
    public void OnControl(int link, in Control control) => _combiner.Apply(link, control, this);

    /// <summary>Sends a combined control element.</summary>
    public void OnControl(in Control control)
    {
        foreach (EdgeLink link in _links)
        {
            link.SendAll();
        }

        foreach (OutputChannel channel in _channels)
        {
            channel.Send(control);
        }
    }

    /// <summary>Sends the open batches of receivers that have nothing to do. Called at the end of a turn.</summary>
    public void SendToIdle()
    {
        foreach (EdgeLink link in _links)
        {
            link.SendToIdle();
        }
    }

    /// <summary>
    /// The highest watermark of the receivers, if all have got the last <see cref="ControlKind.Active"/> element of this sender.
    /// </summary>
    public bool TryGetReceiverWatermark(out EventTime watermark)
    {
        watermark = EventTime.MinValue;
        foreach (OutputChannel channel in _channels)
        {
            if (!channel.TryGetReceiverWatermark(out EventTime one))
            {
                return false;
            }

            watermark = EventTime.Max(watermark, one);
        }

        return true;
    }

    /// <summary>Releases batches that are not sent.</summary>
    public void Drop()
    {
        foreach (EdgeLink link in _links)
        {
            link.Drop();
        }

        Array.ForEach(_channels, channel => channel.Drop());
    }
}
