using System.Buffers;
using System.IO.Pipelines;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Exchange.Channels;
using QueryStream.Exchange.Frames;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams.Batches;

namespace QueryStream.Exchange.Connections;

/// <summary>The reader and the writer of an open connection, and the watch over its silence.</summary>
internal sealed partial class Connection
{
    // Frames of up to a quarter are gathered, so that many small ones cost one call; larger ones are not worth the copy.
    private const int GatheredBytes = 64 << 10;

    // Of the reader.
    private readonly Dictionary<int, ReceivingEnd> _receiving = [];
    private int _lastReceiving;

    // Written by the reader and read by the watch, which must see that the other end is alive.
    private long _heardAt;

    // Written by the writer and cleared by the watch: only an idle connection needs signs of life.
    private volatile bool _hasSent;
    private long _watchedAt;

    /// <summary>Whether it was closed since the other end was silent.</summary>
    public bool WasSilent { get; private set; }

    /// <summary>Sends and receives until the connection is closed.</summary>
    /// <returns>Why it was closed.</returns>
    public async Task<Exception> RunAsync(Transport transport)
    {
        lock (_lock)
        {
            // Before that, whoever fails the connection drops its frames.
            _isRunning = _cause is null;
            if (!_isRunning)
            {
                return _cause!;
            }
        }

        _opened.TrySetResult();
        _heardAt = _watchedAt = context.Time.GetTimestamp();
        TimeSpan interval = context.Options.Heartbeat;
        ITimer watch = context.Time.CreateTimer(_ => Watch(), null, interval, interval);
        await using (watch.ConfigureAwait(false))
        {
            Task writing = WriteAsync(transport.Output);
            await ReadAsync(transport.Input).ConfigureAwait(false);
            await writing.ConfigureAwait(false);
        }

        LoseReceiving();
        return _cause!;
    }

    private async Task WriteAsync(Stream output)
    {
        byte[] gathered = ArrayPool<byte>.Shared.Rent(GatheredBytes);
        try
        {
            while (await _frames.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                int length = 0;
                while (_frames.Reader.TryRead(out CodecWriter? frame))
                {
                    length = await WriteAsync(output, frame, gathered, length).ConfigureAwait(false);
                }

                if (length > 0)
                {
                    await output.WriteAsync(gathered.AsMemory(0, length), _closing.Token).ConfigureAwait(false);
                }

                _hasSent = true;
            }
        }
        catch (Exception e)
        {
            // The first cause counts: this may only follow from it.
            Fail(e);
        }

        ArrayPool<byte>.Shared.Return(gathered);
        DropFrames();
    }

    // Gathers the frame, or writes it behind those that were gathered. Returns the number of gathered bytes.
    private async ValueTask<int> WriteAsync(Stream output, CodecWriter frame, byte[] gathered, int length)
    {
        try
        {
            bool isLarge = frame.Length > GatheredBytes / 4;
            if (length > 0 && (isLarge || frame.Length > GatheredBytes - length))
            {
                await output.WriteAsync(gathered.AsMemory(0, length), _closing.Token).ConfigureAwait(false);
                length = 0;
            }

            if (isLarge)
            {
                await output.WriteAsync(frame.WrittenMemory, _closing.Token).ConfigureAwait(false);
                return 0;
            }

            frame.Written.CopyTo(gathered.AsSpan(length));
            return length + frame.Length;
        }
        finally
        {
            OutgoingFrames.Return(frame);
        }
    }

    private async Task ReadAsync(PipeReader input)
    {
        try
        {
            while (true)
            {
                ReadResult result = await input.ReadAsync(_closing.Token).ConfigureAwait(false);
                Volatile.Write(ref _heardAt, context.Time.GetTimestamp());
                ReadOnlySequence<byte> received = result.Buffer;
                while (FrameHeader.TryRead(ref received, MaxFrameBytes, out FrameHeader header, out Frame? body))
                {
                    Receive(header, body!);
                }

                long rest = received.Length;
                input.AdvanceTo(received.Start, received.End);
                if (result.IsCompleted)
                {
                    Fail(new IOException($"it was closed by the other end{(rest > 0 ? $", {rest} bytes into a frame" : "")}"));
                    return;
                }
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void Receive(in FrameHeader header, Frame body)
    {
        if (header.Kind == FrameKind.Element)
        {
            if (_receiving.TryGetValue(header.Channel, out ReceivingEnd? end))
            {
                end.Receive(header, body);
                return;
            }

            body.Release();
            CheckOpened(header.Channel);
            return;
        }

        try
        {
            ReceiveControl(header, body);
        }
        finally
        {
            body.Release();
        }
    }

    private void ReceiveControl(in FrameHeader header, Frame body)
    {
        switch (header.Kind)
        {
            case FrameKind.Open:
                OnOpen(header, body);
                break;
            case FrameKind.Close:
                CheckOpened(header.Channel);
                _receiving.Remove(header.Channel);
                break;
            case FrameKind.Refused:
                OnRefused(header.Channel, ChannelFrames.ReadRefused(body));
                break;
            default:
                break;
        }
    }

    private void OnOpen(in FrameHeader header, Frame body)
    {
        if (header.Channel != _lastReceiving + 1)
        {
            throw new CodecException($"Channel {header.Channel} was opened, and {_lastReceiving + 1} is next.");
        }

        _lastReceiving++;
        (TaskId task, ChannelId channel, ChannelHandshake handshake) = ChannelFrames.ReadOpen(body);
        try
        {
            ExchangeTask near = context.Find(task, header.Attempt) ?? throw new ChannelRefusedException(
                $"There is no subtask {task.Subtask} of vertex {task.Vertex} of job {task.Job}, attempt {header.Attempt}, on {context.Own.Worker}.");
            _receiving.Add(header.Channel, near.Accept(channel, handshake));
        }
        catch (ChannelRefusedException e)
        {
            CodecWriter refusal = OutgoingFrames.Rent();
            FrameHeader.Reserve(refusal, 0);
            ChannelFrames.WriteRefused(refusal, e.Message);
            FrameHeader.Seal(refusal, FrameKind.Refused, header.Channel, header.Attempt, 0);
            Send(refusal);
        }
    }

    // What still comes on a channel that was closed or refused is dropped, but one that was never opened is an error.
    private void CheckOpened(int number)
    {
        if (number < 1 || number > _lastReceiving)
        {
            throw new CodecException($"There is no channel {number}: {_lastReceiving} were opened.");
        }
    }

    private void LoseReceiving()
    {
        foreach (ReceivingEnd end in _receiving.Values)
        {
            if (end.Near is { } near)
            {
                Lose(near, end.Channel);
            }
        }
    }

    private void Watch()
    {
        TimeProvider time = context.Time;
        long now = time.GetTimestamp();
        bool isLate = time.GetElapsedTime(_watchedAt, now) > context.Options.Heartbeat * 2;
        _watchedAt = now;
        if (isLate)
        {
            // This process has paused (a garbage collection, a suspended machine), which is no silence of the other end.
            Volatile.Write(ref _heardAt, now);
        }
        else if (time.GetElapsedTime(Volatile.Read(ref _heardAt), now) > context.Options.SilenceLimit)
        {
            WasSilent = true;
            Fail(new IOException($"nothing was heard from the other end for {Durations.Format(context.Options.SilenceLimit)}"));
            return;
        }

        if (!_hasSent)
        {
            SendHeartbeat();
        }

        _hasSent = false;
    }
}
