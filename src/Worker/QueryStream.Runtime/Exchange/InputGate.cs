using QueryStream.Core.Actors;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Exchange;

/// <summary>
/// The receiver's end of a task's channels: elements in order of arrival, and the credit that goes back. Used in turns of one task.
/// The queue needs no bound of its own: the senders keep to their credit.
/// </summary>
/// <param name="channels">The number of channels.</param>
internal sealed class InputGate(int channels)
{
    // Credit goes back in portions, and at once when there is nothing else to do.
    private const long CreditPortion = OutputChannel.Limit / 4;

    private readonly Channel[] _channels = new Channel[channels];
    private Queue<TaskMessage> _elements = new();

    // What came on channels whose barrier waits for those of the others.
    private Queue<TaskMessage> _held = new();
    private bool _owesCredit;

    /// <summary>The number of channels.</summary>
    public int Count => _channels.Length;

    /// <summary>Whether an element waits.</summary>
    public bool HasElements => _elements.Count > 0;

    /// <summary>Sets the other end of a channel; called once for each, before an element is taken.</summary>
    public void Connect(int channel, ActorRef<TaskMessage> sender, int remoteChannel) =>
        _channels[channel] = new Channel { Sender = sender, RemoteChannel = remoteChannel };

    /// <summary>Takes a message with a batch or a control element.</summary>
    public void Add(in TaskMessage element) => _elements.Enqueue(element);

    /// <summary>The next element of a channel that is not blocked.</summary>
    public bool TryTake(out TaskMessage element)
    {
        while (_elements.TryDequeue(out element))
        {
            if (!_channels[element.Channel].IsBlocked)
            {
                return true;
            }

            _held.Enqueue(element);
        }

        return false;
    }

    /// <summary>Takes nothing more from a channel, since its barrier has come before those of the others.</summary>
    public void Block(int channel) => _channels[channel].IsBlocked = true;

    /// <summary>Takes from all channels again, first what has come meanwhile.</summary>
    public void Unblock()
    {
        foreach (ref Channel channel in _channels.AsSpan())
        {
            channel.IsBlocked = false;
        }

        while (_elements.TryDequeue(out TaskMessage element))
        {
            _held.Enqueue(element);
        }

        (_elements, _held) = (_held, _elements);
    }

    /// <summary>A batch was consumed: its bytes are free again.</summary>
    public void OnConsumed(int channel, long bytes, EventTime watermark)
    {
        ref Channel state = ref _channels[channel];
        state.Consumed += bytes;
        _owesCredit = true;
        if (state.Consumed >= CreditPortion)
        {
            SendCredit(ref state, watermark);
        }
    }

    /// <summary>The sender is active again, and waits to hear how far time has gone without it.</summary>
    public void OnActive(int channel, EventTime watermark)
    {
        ref Channel state = ref _channels[channel];
        state.Activations++;
        SendCredit(ref state, watermark);
    }

    /// <summary>Gives back all credit: the senders then know that the task has nothing to do.</summary>
    public void ReturnCredit(EventTime watermark)
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
                SendCredit(ref state, watermark);
            }
        }
    }

    /// <summary>Gives back all batches that wait.</summary>
    public void Drop()
    {
        Unblock();
        while (_elements.TryDequeue(out TaskMessage element))
        {
            element.Batch?.Release();
        }
    }

    private static void SendCredit(ref Channel state, EventTime watermark)
    {
        state.Sender!.Tell(new TaskMessage(TaskMessageKind.Credit)
        {
            Channel = state.RemoteChannel,
            Bytes = state.Consumed,
            Watermark = watermark,
            Activations = state.Activations,
        });
        state.Consumed = 0;
    }

    private struct Channel
    {
        public ActorRef<TaskMessage>? Sender;
        public int RemoteChannel;
        public long Consumed;
        public int Activations;
        public bool IsBlocked;
    }
}
