using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>
/// Everything that crosses a channel: batches and control elements from the sender to the receiver, and credit in the other direction. A struct, so
/// that a batch costs no allocation. Between processes, a transport encodes it with <see cref="ElementCodec"/>.
/// </summary>
public readonly record struct ChannelElement
{
    // Bytes of credit, or rows before a control element. One field for both, since each member adds to the size of every message.
    private long Number { get; init; }

    /// <summary>The kind, which determines the members that are used.</summary>
    public ChannelElementKind Kind { get; private init; }

    /// <summary>For a batch: its link of the channel's edge.</summary>
    public int Link { get; private init; }

    /// <summary>For a batch within a process: the batch, to which the element has a reference.</summary>
    public Batch? Batch { get; private init; }

    /// <summary>For a batch from another process: its bytes, which the receiving task decodes. The element has a reference to the frame.</summary>
    public Frame? Frame { get; private init; }

    /// <summary>For a control element: watermark, barrier, idle, active or end.</summary>
    public Control Control { get; private init; }

    /// <summary>For credit: the bytes that the receiver has consumed.</summary>
    public long Bytes => Kind == ChannelElementKind.Credit ? Number : 0;

    /// <summary>
    /// For a barrier and the end: the number of rows that the sender has put on the channel before it in this attempt. 0 for other elements.
    /// </summary>
    public long Rows => Kind == ChannelElementKind.Control ? Number : 0;

    /// <summary>For credit: the receiver's watermark.</summary>
    public EventTime Watermark { get; private init; }

    /// <summary>For credit: how many <see cref="ControlKind.Active"/> elements the receiver has got on the channel.</summary>
    public int Activations { get; private init; }

    /// <summary>A batch. The element takes over the caller's reference.</summary>
    public static ChannelElement Of(Batch batch, int link) => new() { Kind = ChannelElementKind.Batch, Batch = batch, Link = link };

    /// <summary>An encoded batch. The element takes over the caller's reference to the frame.</summary>
    public static ChannelElement Of(Frame frame, int link) => new() { Kind = ChannelElementKind.Batch, Frame = frame, Link = link };

    /// <summary>A control element without a count of rows.</summary>
    public static ChannelElement Of(in Control control) => new() { Kind = ChannelElementKind.Control, Control = control };

    /// <summary>A control element with the number of rows sent before it.</summary>
    public static ChannelElement Of(in Control control, long rows) =>
        new() { Kind = ChannelElementKind.Control, Control = control, Number = CountsRows(control.Kind) ? rows : 0 };

    /// <summary>Credit.</summary>
    public static ChannelElement Credit(long bytes, EventTime watermark, int activations) =>
        new() { Kind = ChannelElementKind.Credit, Number = bytes, Watermark = watermark, Activations = activations };

    /// <summary>Whether elements of a kind carry the number of rows before them.</summary>
    public static bool CountsRows(ControlKind kind) => kind is ControlKind.Barrier or ControlKind.End;

    /// <summary>Releases the batch or frame. Called instead of delivering the element.</summary>
    public void Release()
    {
        Batch?.Release();
        Frame?.Release();
    }
}

/// <summary>The kinds of <see cref="ChannelElement"/>.</summary>
public enum ChannelElementKind : byte
{
    /// <summary>Rows.</summary>
    Batch = 1,

    /// <summary>A control element between rows.</summary>
    Control = 2,

    /// <summary>What the receiver has consumed.</summary>
    Credit = 3,
}

/// <summary>The far end of a channel. It takes channel elements and nothing else.</summary>
public interface IChannelPeer
{
    /// <summary>
    /// Sends an element; the peer takes over its references. Elements keep their order. Never blocks and never throws: a
    /// lost connection is reported to the task, see <see cref="TaskEndpoint.Lose"/>. Called in turns of one task.
    /// </summary>
    void Send(in ChannelElement element);
}
