using QueryStream.Core;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>
/// The sender's end of a channel. Flow control counts the bytes that the receiver has not consumed: over the limit the task takes no more input, but
/// it still sends what it has, so that emitting never blocks and one large record always passes. While the receiver moves, the channel holds what
/// comes behind the barrier of the move, and counts it as if it were sent.
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

    // All rows since the channel was connected; aborted checkpoints do not reset it.
    private long _rows;
    private long _bytes;
    private long _allRows;
    private int _activationsSent;
    private int _activationsSeen;
    private EventTime _receiverWatermark = EventTime.MinValue;

    // What the receiver was told last, for one that takes its place.
    private EventTime _watermark = EventTime.MinValue;
    private Control? _idle;

    // Behind the barrier of this checkpoint, elements are held.
    private CheckpointId? _holdsBehind;
    private Queue<ChannelElement>? _held;

    /// <summary>The attempt of the receiver.</summary>
    public Attempt Peer { get; private set; }

    /// <summary>Whether there is a receiver: false between a move and its end.</summary>
    public bool IsConnected => _receiver is not null;

    /// <summary>Whether elements wait for a receiver that moves.</summary>
    public bool IsHolding => _held is not null;

    /// <summary>Whether the receiver has consumed everything: then even a small batch is sent at once.</summary>
    public bool IsIdle => _inFlight == 0;

    /// <summary>The rows that were sent, also before the receiver has moved. Safe on any thread.</summary>
    public long Rows => Volatile.Read(ref _allRows);

    /// <summary>The bytes of these rows. Safe on any thread.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The bytes in flight as a part of the limit; above 1 the task waits. Safe on any thread.</summary>
    public double Usage => (double)Volatile.Read(ref _inFlight) / limit;

    private long InFlight
    {
        get => _inFlight;
        set
        {
            budget.ChannelsOverLimit += (value > limit ? 1 : 0) - (_inFlight > limit ? 1 : 0);
            _inFlight = value;
        }
    }

    /// <summary>The limit of each channel of a task.</summary>
    /// <param name="memory">The bytes that all of them together should have in flight.</param>
    /// <param name="channels">Their number.</param>
    public static long LimitOf(long memory, int channels) => Math.Clamp(memory / Math.Max(1, channels), MinLimit, MaxLimit);

    /// <summary>Says who the receiver is. Called once, before anything else.</summary>
    /// <param name="peer">The attempt of the receiver.</param>
    /// <param name="watermark">The watermark that it begins with; null: it will tell, since this task has moved.</param>
    public void Expect(Attempt peer, EventTime? watermark)
    {
        Peer = peer;
        _receiverWatermark = watermark ?? EventTime.MinValue;
        _activationsSent = watermark is null ? 1 : 0;
    }

    /// <summary>
    /// Sets the other end: at the start, or where a receiver has moved. It then learns the progress of this sender, and gets what was held.
    /// </summary>
    public void Connect(IChannelPeer receiver)
    {
        _receiver = receiver;
        _holdsBehind = null;
        if (_watermark > EventTime.MinValue)
        {
            Put(ChannelElement.Of(Control.Advance(_watermark)));
        }

        if (_idle is { } idle)
        {
            Put(ChannelElement.Of(idle));
        }

        SendHeld();
    }

    /// <summary>Sends a batch; the receiver takes over the reference.</summary>
    public void Send(Batch batch, int link)
    {
        long bytes = batch.Bytes;
        InFlight += bytes;
        _bytes += bytes;
        _allRows += batch.Count;
        ChannelElement element = ChannelElement.Of(batch, link);
        if (_held is not null)
        {
            _held.Enqueue(element);
            return;
        }

        Put(element);
    }

    /// <summary>Sends a control element, which needs no credit.</summary>
    public void Send(in Control control)
    {
        ChannelElement element = ChannelElement.Of(control);
        if (_held is not null)
        {
            _held.Enqueue(element);
            return;
        }

        Put(element);
        if (control.Kind == ControlKind.Barrier && control.Checkpoint == _holdsBehind)
        {
            _held = new Queue<ChannelElement>();
        }
    }

    /// <summary>The receiver has returned credit.</summary>
    public void OnCredit(in ChannelElement credit)
    {
        InFlight -= credit.Bytes;
        _activationsSeen = credit.Activations;
        _receiverWatermark = EventTime.Max(_receiverWatermark, credit.Watermark);
    }

    /// <summary>
    /// The receiver's watermark, if it was reported after the receiver got the last <see cref="ControlKind.Active"/> element of this sender. From
    /// then on it cannot pass the sender's own watermark.
    /// </summary>
    public bool TryGetReceiverWatermark(out EventTime watermark)
    {
        watermark = _receiverWatermark;
        return _activationsSeen == _activationsSent && _held is null;
    }

    /// <summary>The receiver moves with a checkpoint: what comes behind its barrier is held.</summary>
    public void HoldBehind(CheckpointId checkpoint) => _holdsBehind = checkpoint;

    /// <summary>The receiver does not move: it gets what was held.</summary>
    public void Resume()
    {
        _holdsBehind = null;
        SendHeld();
    }

    /// <summary>The receiver is gone, and has consumed all that was sent. Its successor knows nothing of what it was told.</summary>
    /// <param name="peer">The successor's attempt.</param>
    public void Disconnect(Attempt peer)
    {
        _receiver = null;
        Peer = peer;
        _held ??= new Queue<ChannelElement>();
        _rows = 0;
        InFlight = _held.Sum(element => element.Batch?.Bytes ?? 0);

        // As if it had just become active: the successor tells its watermark, which may have risen while this sender was idle.
        (_activationsSent, _activationsSeen) = (1, 0);
    }

    /// <summary>Releases what is held.</summary>
    public void Drop()
    {
        while (_held?.TryDequeue(out ChannelElement element) == true)
        {
            element.Release();
        }
    }

    private void SendHeld()
    {
        Queue<ChannelElement>? held = _held;
        _held = null;
        while (held?.TryDequeue(out ChannelElement element) == true)
        {
            Put(element);
        }
    }

    private void Put(in ChannelElement element)
    {
        if (element.Batch is { } batch)
        {
            _rows += batch.Count;
            Transmit(element);
            return;
        }

        Control control = element.Control;
        switch (control.Kind)
        {
            case ControlKind.Watermark:
                _watermark = EventTime.Max(_watermark, control.Watermark);
                break;
            case ControlKind.Idle:
                _idle = control;
                break;
            case ControlKind.Active:
                _idle = null;
                _activationsSent++;
                break;
        }

        Transmit(ChannelElement.Of(control, _rows));
    }

    private void Transmit(in ChannelElement element) => _receiver!.Send(HostileMode.IsOn ? HostileChannel.Pass(element) : element);
}

/// <summary>How many channels of a task are over their limit; while there is one, the task takes no input.</summary>
internal sealed class OutputBudget
{
    /// <summary>The number.</summary>
    public int ChannelsOverLimit { get; set; }
}
