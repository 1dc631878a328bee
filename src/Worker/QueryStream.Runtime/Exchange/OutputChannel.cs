using QueryStream.Core;
using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>
/// The sender's end of a channel. Flow control counts the bytes that the receiver has not consumed: over the limit the task takes no more input, but
/// it still sends what it has, so that emitting never blocks and one large record always passes.
/// </summary>
/// <param name="budget">Counts the channels of the task that are over their limit.</param>
/// <param name="limit">The bytes in flight above which the task takes no more input, <see cref="MinLimit"/> to <see cref="MaxLimit"/>.</param>
internal sealed class OutputChannel(OutputBudget budget, long limit = OutputChannel.MaxLimit)
{
    /// <summary>
    /// The smallest limit. A receiver returns credit in portions of this size, so a sender that waits is always owed one.
    /// </summary>
    public const long MinLimit = 256 << 10;

    /// <summary>The largest limit: more does not make a connection faster.</summary>
    public const long MaxLimit = 1 << 20;

    private IChannelPeer? _receiver;
    private long _inFlight;

    // All rows of the attempt; aborted checkpoints do not reset it.
    private long _rows;
    private long _bytes;
    private int _activationsSent;
    private int _activationsSeen;
    private EventTime _receiverWatermark = EventTime.MinValue;

    /// <summary>Whether the receiver has consumed everything: then even a small batch is sent at once.</summary>
    public bool IsIdle => _inFlight == 0;

    /// <summary>The rows that were sent. Safe on any thread.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>The bytes of these rows. Safe on any thread.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The bytes in flight as a part of the limit; above 1 the task waits. Safe on any thread.</summary>
    public double Usage => (double)Volatile.Read(ref _inFlight) / limit;

    /// <summary>The limit of each channel of a task.</summary>
    /// <param name="memory">The bytes that all of them together should have in flight.</param>
    /// <param name="channels">Their number.</param>
    public static long LimitOf(long memory, int channels) => Math.Clamp(memory / Math.Max(1, channels), MinLimit, MaxLimit);

    /// <summary>Sets the other end; called once, before anything is sent.</summary>
    /// <param name="receiver">The other end.</param>
    /// <param name="watermark">The watermark that the receiver begins with.</param>
    public void Connect(IChannelPeer receiver, EventTime watermark)
    {
        _receiver = receiver;
        _receiverWatermark = watermark;
    }

    /// <summary>Sends a batch; the receiver takes over the reference.</summary>
    public void Send(Batch batch, int link)
    {
        bool wasOver = _inFlight > limit;
        long bytes = batch.Bytes;
        _inFlight += bytes;
        _bytes += bytes;
        _rows += batch.Count;
        if (!wasOver && _inFlight > limit)
        {
            budget.ChannelsOverLimit++;
        }

        Send(ChannelElement.Of(batch, link));
    }

    /// <summary>Sends a control element, which needs no credit.</summary>
    public void Send(in Control control)
    {
        _activationsSent += control.Kind == ControlKind.Active ? 1 : 0;
        Send(ChannelElement.Of(control, _rows));
    }

    /// <summary>The receiver has returned credit.</summary>
    public void OnCredit(in ChannelElement credit)
    {
        bool wasOver = _inFlight > limit;
        _inFlight -= credit.Bytes;
        _activationsSeen = credit.Activations;
        _receiverWatermark = EventTime.Max(_receiverWatermark, credit.Watermark);
        if (wasOver && _inFlight <= limit)
        {
            budget.ChannelsOverLimit--;
        }
    }

    /// <summary>
    /// The receiver's watermark, if it was reported after the receiver got the last <see cref="ControlKind.Active"/> element of this sender. From
    /// then on it cannot pass the sender's own watermark.
    /// </summary>
    public bool TryGetReceiverWatermark(out EventTime watermark)
    {
        watermark = _receiverWatermark;
        return _activationsSeen == _activationsSent;
    }

    private void Send(in ChannelElement element) => _receiver!.Send(HostileMode.IsOn ? HostileChannel.Pass(element) : element);
}

/// <summary>How many channels of a task are over their limit; while there is one, the task takes no input.</summary>
internal sealed class OutputBudget
{
    /// <summary>The number.</summary>
    public int ChannelsOverLimit { get; set; }
}
