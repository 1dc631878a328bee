using System.Threading.Channels;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Exchange.Channels;
using QueryStream.Exchange.Frames;
using QueryStream.Runtime.Exchange;
using QueryStream.Wire.Control;

namespace QueryStream.Exchange.Connections;

/// <summary>
/// The connection to another worker, for the channels of all jobs. It exists, and takes frames, before it is open, so that tasks need not wait. When
/// it closes it loses its channels, and never opens again. Safe on any thread.
/// </summary>
/// <param name="context">What connections share.</param>
/// <param name="peer">The other worker.</param>
internal sealed partial class Connection(ExchangeContext context, WorkerLocation peer)
{
    // Unbounded, since a task must not wait for it. What it holds is bounded by the credit of the channels, and by the control elements between
    // batches; a sender over its credit takes no more input.
    private readonly Channel<CodecWriter> _frames = System.Threading.Channels.Channel.CreateUnbounded<CodecWriter>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards the fields below: tasks open channels in their turns, the reader removes refused ones, and any thread may close the connection.
    private readonly Lock _lock = new();
    private readonly Dictionary<int, SendingEnd> _sending = [];
    private readonly HashSet<TaskEndpoint> _losers = [];
    private int _lastSending;
    private Exception? _cause;
    private bool _isRunning;

    /// <summary>The other worker.</summary>
    public WorkerLocation Peer => peer;

    /// <summary>The number in the hello of the connection, if the other worker has opened it.</summary>
    public long Number { get; set; }

    /// <summary>Completes when it is open.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Whether it has lost its channels.</summary>
    public bool IsClosed => Volatile.Read(ref _cause) is not null;

    /// <summary>The largest body of a frame.</summary>
    public int MaxFrameBytes => context.Options.MaxFrameBytes;

    /// <summary>Opens a channel for the elements of a task. If the connection is closed already, the task loses the channel at once.</summary>
    public SendingEnd Open(TaskEndpoint near, ChannelId channel)
    {
        CodecWriter frame = OutgoingFrames.Rent();
        FrameHeader.Reserve(frame, 0);
        ChannelFrames.WriteOpen(frame, near, channel);
        SendingEnd end;
        Exception? cause;
        lock (_lock)
        {
            // Under the lock, so that the other end sees the numbers in order.
            int number = ++_lastSending;
            end = new SendingEnd(this, near, channel, number);
            FrameHeader.Seal(frame, FrameKind.Open, number, end.Peer, 0);
            Send(frame);
            cause = _cause;
            if (cause is null)
            {
                _sending.Add(number, end);
            }
        }

        if (cause is not null)
        {
            near.Lose(channel, Describe());
        }

        return end;
    }

    /// <summary>Queues a sealed frame; takes it over.</summary>
    public void Send(CodecWriter frame)
    {
        if (!_frames.Writer.TryWrite(frame))
        {
            OutgoingFrames.Return(frame);
        }
    }

    /// <summary>Closes a channel: nothing more is sent on it.</summary>
    public void Close(int number, Attempt attempt)
    {
        lock (_lock)
        {
            if (!_sending.Remove(number))
            {
                return;
            }
        }

        SendEmpty(FrameKind.Close, number, attempt);
    }

    /// <summary>Sends a sign of life, which also shows whether the other end still knows the connection.</summary>
    public void SendHeartbeat() => SendEmpty(FrameKind.Heartbeat, 0, default);

    /// <summary>Closes the connection: its tasks lose their channels.</summary>
    /// <returns>False, without a change, if it is closed already.</returns>
    public bool Fail(Exception cause)
    {
        List<SendingEnd> ends;
        bool isRunning;
        lock (_lock)
        {
            if (_cause is not null)
            {
                return false;
            }

            Volatile.Write(ref _cause, cause);
            isRunning = _isRunning;
            ends = [.. _sending.Values];
            _sending.Clear();
        }

        _frames.Writer.Complete();
        _closing.Cancel();
        if (!isRunning)
        {
            DropFrames();
        }

        ends.ForEach(end => Lose(end.Near, end.Channel));
        return true;
    }

    // One channel is enough to fail a task; further ones would only be logged.
    private void Lose(TaskEndpoint near, ChannelId channel)
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = _losers.Add(near);
        }

        if (isFirst)
        {
            near.Lose(channel, Describe());
        }
    }

    private IOException Describe() => new($"the connection to worker {peer.Worker} at {peer.Address} is lost: {_cause!.Message}", _cause);

    private void OnRefused(int number, string problem)
    {
        SendingEnd? end;
        lock (_lock)
        {
            if (!_sending.Remove(number, out end) && number > _lastSending)
            {
                throw new CodecException($"Channel {number} was refused, and {_lastSending} were opened.");
            }
        }

        end?.Near.Lose(end.Channel, new ChannelRefusedException(problem));
    }

    private void SendEmpty(FrameKind kind, int channel, Attempt attempt)
    {
        CodecWriter frame = OutgoingFrames.Rent();
        FrameHeader.Reserve(frame, 0);
        FrameHeader.Seal(frame, kind, channel, attempt, 0);
        Send(frame);
    }

    private void DropFrames()
    {
        while (_frames.Reader.TryRead(out CodecWriter? frame))
        {
            OutgoingFrames.Return(frame);
        }
    }
}
