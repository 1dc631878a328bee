using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Exchange;

/// <summary>
/// The receiver's end of a task's channels: it queues elements in order of arrival, blocks channels while barriers are aligned, and returns credit.
/// The queue is bounded by the credit of the senders. Used in turns of one task.
/// </summary>
/// <param name="channels">The number of channels.</param>
/// <param name="combiner">Combines the control elements of the channels.</param>
/// <param name="aligns">Whether a channel is blocked after a barrier until the barrier has arrived on all others.</param>
internal sealed class InputGate(int channels, WatermarkCombiner combiner, bool aligns)
{
    // Credit is returned in portions, and at once when there is nothing else to do.
    private const long CreditPortion = OutputChannel.MinLimit;

    private readonly Channel[] _channels = new Channel[channels];
    private Queue<Arrival> _elements = new();

    // Elements of channels that are blocked because the barrier has arrived on them.
    private Queue<Arrival> _held = new();
    private CheckpointId? _aligning;
    private bool _owesCredit;
    private long _bytes;

    /// <summary>The number of channels.</summary>
    public int Count => _channels.Length;

    /// <summary>The bytes of all batches that were consumed. Safe on any thread.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The elements that wait. Safe on any thread.</summary>
    public int QueueLength => Volatile.Read(ref _elements).Count + Volatile.Read(ref _held).Count;

    /// <summary>Says from whom elements come. Called once for each channel, before the first element.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="peer">The attempt of its sender.</param>
    /// <param name="tells">Whether the sender waits to be told the watermark, since this task has moved.</param>
    public void Expect(int channel, Attempt peer, bool tells) => _channels[channel] = new Channel { Peer = peer, Activations = tells ? 1 : 0 };

    /// <summary>Sets the other end of a channel. It learns what it waits for, and what was consumed of its elements before.</summary>
    public void Connect(int channel, IChannelPeer sender)
    {
        ref Channel state = ref _channels[channel];
        state.Sender = sender;
        if (state.Activations > 0 || state.Consumed > 0)
        {
            SendCredit(ref state, combiner.Current);
        }
    }

    /// <summary>The attempt of a channel's sender.</summary>
    public Attempt PeerOf(int channel) => _channels[channel].Peer;

    /// <summary>Whether a channel has another end: false between a move of its sender and the end of the move.</summary>
    public bool IsConnected(int channel) => _channels[channel].Sender is not null;

    /// <summary>
    /// The sender of a channel is gone, and all of its elements were consumed. Those of its successor are counted anew. It may emit rows where the
    /// sender was idle: until it says what it is, time must not pass it.
    /// </summary>
    public void Disconnect(int channel, Attempt peer)
    {
        Expect(channel, peer, tells: false);
        Add(channel, ChannelElement.Of(Control.Active));
    }

    /// <summary>Adds a batch or a control element.</summary>
    public void Add(int channel, in ChannelElement element) => _elements.Enqueue(new Arrival(channel, element));

    /// <summary>Takes the next element of a channel that is not blocked.</summary>
    public bool TryTake(out Arrival arrival)
    {
        while (_elements.TryDequeue(out arrival))
        {
            if (!_channels[arrival.Channel].IsBlocked)
            {
                return true;
            }

            _held.Enqueue(arrival);
        }

        return false;
    }

    /// <summary>Combines a control element with those of the other channels, and emits the elements that follow from it.</summary>
    public void Combine(int channel, in Control control, IControlInput output)
    {
        combiner.Apply(channel, control, output);
        BlockForBarrier(channel);
        if (control.Kind == ControlKind.Active)
        {
            // The sender needs the watermark that was reached while it was idle.
            ref Channel state = ref _channels[channel];
            state.Activations++;
            SendCredit(ref state, combiner.Current);
        }
    }

    /// <summary>Aborts a checkpoint: channels that are blocked by its barrier are unblocked.</summary>
    public void Abort(CheckpointId checkpoint)
    {
        combiner.Barriers.Abort(checkpoint);
        UnblockUnlessAligning();
    }

    private void BlockForBarrier(int channel)
    {
        UnblockUnlessAligning();
        if (aligns && combiner.Barriers.HasArrived(channel))
        {
            _channels[channel].IsBlocked = true;
        }
    }

    private void UnblockUnlessAligning()
    {
        if (_aligning != combiner.Barriers.Pending)
        {
            _aligning = combiner.Barriers.Pending;
            Unblock();
        }
    }

    // Held elements go before those that have come since.
    private void Unblock()
    {
        foreach (ref Channel channel in _channels.AsSpan())
        {
            channel.IsBlocked = false;
        }

        while (_elements.TryDequeue(out Arrival arrival))
        {
            _held.Enqueue(arrival);
        }

        (_elements, _held) = (_held, _elements);
    }

    /// <summary>The number of rows consumed from a channel since it was connected.</summary>
    public long RowsOf(int channel) => _channels[channel].Rows;

    /// <summary>A batch was consumed: its bytes become credit.</summary>
    public void OnConsumed(int channel, int rows, long bytes)
    {
        ref Channel state = ref _channels[channel];
        state.Rows += rows;
        state.Consumed += bytes;
        _bytes += bytes;
        _owesCredit = true;
        if (state.Consumed >= CreditPortion)
        {
            SendCredit(ref state, combiner.Current);
        }
    }

    /// <summary>Returns all credit: the senders then know that the task has nothing to do.</summary>
    public void ReturnCredit()
    {
        if (!_owesCredit)
        {
            return;
        }

        _owesCredit = false;
        foreach (ref Channel state in _channels.AsSpan())
        {
            if (state.Consumed > 0)
            {
                SendCredit(ref state, combiner.Current);
            }
        }
    }

    /// <summary>Releases all queued batches.</summary>
    public void Drop()
    {
        Unblock();
        while (_elements.TryDequeue(out Arrival arrival))
        {
            arrival.Element.Release();
        }
    }

    private static void SendCredit(ref Channel state, EventTime watermark)
    {
        if (state.Sender is { } sender)
        {
            sender.Send(ChannelElement.Credit(state.Consumed, watermark, state.Activations));
            state.Consumed = 0;
        }
    }

    private struct Channel
    {
        public IChannelPeer? Sender;
        public Attempt Peer;
        public long Consumed;
        public long Rows;
        public int Activations;
        public bool IsBlocked;
    }
}

/// <summary>An element and the channel on which it arrived.</summary>
/// <param name="Channel">The task's number for the channel.</param>
/// <param name="Element">The element.</param>
internal readonly record struct Arrival(int Channel, ChannelElement Element);
