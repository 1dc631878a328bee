using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>
/// Everything that crosses a channel: batches and control elements from the sender to the receiver, and credit in the other direction. A struct, so
/// that a batch costs no allocation. Between processes, a transport encodes it with <see cref="ElementCodec"/>.
/// </summary>
public readonly record struct ChannelElement
{
    // Bytes of credit or rows before a control element: one field for both, since every message of a task has the size of all members.
    private long Number { get; init; }

    /// <summary>The kind, which says what members are used.</summary>
    public ChannelElementKind Kind { get; private init; }

    /// <summary>Of a batch: the link of the channel's edge that it belongs to.</summary>
    public int Link { get; private init; }

    /// <summary>Of a batch within a process: the rows; the element holds the batch.</summary>
    public Batch? Batch { get; private init; }

    /// <summary>Of a batch from another process: its bytes, which the receiving task decodes; the element holds the frame.</summary>
    public Frame? Frame { get; private init; }

    /// <summary>Of a control element: watermark, barrier, idle, active or end.</summary>
    public Control Control { get; private init; }

    /// <summary>Of credit: bytes that the receiver has consumed.</summary>
    public long Bytes => Kind == ChannelElementKind.Credit ? Number : 0;

    /// <summary>
    /// Of a barrier and of the end: the rows that the sender has put on the channel before it, since the attempt began. Of other elements 0.
    /// </summary>
    public long Rows => Kind == ChannelElementKind.Control ? Number : 0;

    /// <summary>Of credit: the receiver's watermark.</summary>
    public EventTime Watermark { get; private init; }

    /// <summary>Of credit: how many <see cref="ControlKind.Active"/> elements the receiver has seen on the channel.</summary>
    public int Activations { get; private init; }

    /// <summary>Rows; the caller's hold on the batch passes to the element.</summary>
    public static ChannelElement Of(Batch batch, int link) => new() { Kind = ChannelElementKind.Batch, Batch = batch, Link = link };

    /// <summary>Encoded rows; the caller's hold on the frame passes to the element.</summary>
    public static ChannelElement Of(Frame frame, int link) => new() { Kind = ChannelElementKind.Batch, Frame = frame, Link = link };

    /// <summary>A control element that says nothing of the rows before it.</summary>
    public static ChannelElement Of(in Control control) => new() { Kind = ChannelElementKind.Control, Control = control };

    /// <summary>A control element, and how many rows were sent before it.</summary>
    public static ChannelElement Of(in Control control, long rows) =>
        new() { Kind = ChannelElementKind.Control, Control = control, Number = CountsRows(control.Kind) ? rows : 0 };

    /// <summary>Credit.</summary>
    public static ChannelElement Credit(long bytes, EventTime watermark, int activations) =>
        new() { Kind = ChannelElementKind.Credit, Number = bytes, Watermark = watermark, Activations = activations };

    /// <summary>Whether elements of a kind say how many rows came before them: those that divide the rows of a channel for good.</summary>
    public static bool CountsRows(ControlKind kind) => kind is ControlKind.Barrier or ControlKind.End;

    /// <summary>Gives back what the element holds. Called instead of delivering it.</summary>
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
    /// Sends an element; what it holds passes to the peer, whatever becomes of it. Elements keep their order. Never blocks and never throws: a
    /// lost connection is reported to the task, see <see cref="TaskEndpoint.Lose"/>. Called in turns of one task.
    /// </summary>
    void Send(in ChannelElement element);
}
