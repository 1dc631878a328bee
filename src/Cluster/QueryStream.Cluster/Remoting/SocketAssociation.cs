using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;
using QueryStream.Cluster.Strangers;

namespace QueryStream.Cluster.Remoting;

/// <summary>
/// One connection of <see cref="SocketTransport"/>. A message is 4 bytes with its length, little endian, and its bytes. Safe on any thread.
/// </summary>
internal sealed class SocketAssociation : AssociationHandle
{
    private const int PrefixBytes = 4;

    // Akka keeps what is over it, and tries again.
    private const long MaxQueuedBytes = 8_000_000;

    // For what is still queued when the connection is closed.
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(1);

    private readonly Stream _stream;
    private readonly int _maxMessageBytes;
    private readonly StrangerLog _strangers;
    private readonly CancellationTokenSource _flushing;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<ByteString> _queue = Channel.CreateUnbounded<ByteString>(new UnboundedChannelOptions { SingleReader = true });

    // The bytes of the queued messages; each is added and subtracted once. Interlocked, since Akka's threads add while the sender subtracts. A
    // message may be taken before it is added, so for a moment it can be too small by the messages that are being written.
    private long _queuedBytes;

    public SocketAssociation(Stream stream, int maxMessageBytes, Address local, Address remote, SocketTransportSetup setup)
        : base(local, remote)
    {
        _stream = stream;
        _maxMessageBytes = maxMessageBytes;
        _strangers = setup.Strangers;
        _flushing = new CancellationTokenSource(Timeout.InfiniteTimeSpan, setup.Time);
    }

    /// <summary>Completes when the connection is closed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins to send, and to receive as soon as Akka has said who takes the messages.</summary>
    public void Start() => _ = Task.Run(RunAsync);

    /// <inheritdoc/>
    public override bool Write(ByteString payload)
    {
        if (Volatile.Read(ref _queuedBytes) > MaxQueuedBytes || !_queue.Writer.TryWrite(payload))
        {
            return false;
        }

        Interlocked.Add(ref _queuedBytes, payload.Length);
        return true;
    }

    /// <summary>Closes the connection when what is queued is sent, or after a second.</summary>
    public void Close()
    {
        if (_queue.Writer.TryComplete())
        {
            _flushing.CancelAfter(FlushLimit);
        }
    }

    /// <inheritdoc/>
    [Obsolete("Akka's own base class says so.")]
    public override void Disassociate() => Close();

    private async Task RunAsync()
    {
        Task reading = ReadAsync();
        await SendAsync().ConfigureAwait(false);

        // Either end may have begun: now the other loop ends too.
        await _stream.DisposeAsync().ConfigureAwait(false);
        ReadHandlerSource.TrySetCanceled();
        await reading.ConfigureAwait(false);
        _ended.SetResult();
    }

    private async Task SendAsync()
    {
        ArrayBufferWriter<byte> gathered = new();
        try
        {
            while (await _queue.Reader.WaitToReadAsync(_flushing.Token).ConfigureAwait(false))
            {
                while (_queue.Reader.TryRead(out ByteString? message))
                {
                    BinaryPrimitives.WriteInt32LittleEndian(gathered.GetSpan(PrefixBytes), message.Length);
                    gathered.Advance(PrefixBytes);
                    gathered.Write(message.Span);
                    Interlocked.Add(ref _queuedBytes, -message.Length);
                }

                await _stream.WriteAsync(gathered.WrittenMemory, _flushing.Token).ConfigureAwait(false);
                gathered.ResetWrittenCount();
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            _queue.Writer.TryComplete();
        }
    }

    private async Task ReadAsync()
    {
        IHandleEventListener listener;
        try
        {
            listener = await ReadHandlerSource.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It was closed before anybody wanted its messages.
            return;
        }

        PipeReader input = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (await ReadMessageAsync(input).ConfigureAwait(false) is { } message)
            {
                listener.Notify(new InboundPayload(message));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection broke, or was closed by this end.
        }

        await input.CompleteAsync().ConfigureAwait(false);
        Close();
        listener.Notify(new Disassociated(DisassociateInfo.Unknown));
    }

    // Null: the other end has closed the connection, or sends no messages.
    private async ValueTask<ByteString?> ReadMessageAsync(PipeReader input)
    {
        ReadResult result = await input.ReadAtLeastAsync(PrefixBytes).ConfigureAwait(false);
        if (result.Buffer.Length < PrefixBytes)
        {
            return null;
        }

        int length = LengthOf(result.Buffer);
        if (length < 0 || length > _maxMessageBytes)
        {
            _strangers.Refused(
                $"{RemoteAddress.Host}:{RemoteAddress.Port}",
                nameof(SocketAssociation),
                $"what it sends is not understood: a message of {(uint)length} bytes, and {_maxMessageBytes} are allowed");
            return null;
        }

        input.AdvanceTo(result.Buffer.Start);
        result = await input.ReadAtLeastAsync(PrefixBytes + length).ConfigureAwait(false);
        if (result.Buffer.Length < PrefixBytes + length)
        {
            return null;
        }

        ReadOnlySequence<byte> body = result.Buffer.Slice(PrefixBytes, length);
        ByteString message = UnsafeByteOperations.UnsafeWrap(body.ToArray());
        input.AdvanceTo(body.End);
        return message;
    }

    private static int LengthOf(ReadOnlySequence<byte> bytes)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        bytes.Slice(0, PrefixBytes).CopyTo(prefix);
        return BinaryPrimitives.ReadInt32LittleEndian(prefix);
    }
}
