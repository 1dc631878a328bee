using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using QueryStream.Certificates;
using QueryStream.Core.Codecs;
using QueryStream.Exchange.Frames;
using QueryStream.Wire.Control;

namespace QueryStream.Exchange.Connections;

/// <summary>The bytes of one connection, encrypted or not. It is used by one reader and one writer.</summary>
internal sealed class Transport : IAsyncDisposable
{
    // A full batch in few reads.
    private static readonly StreamPipeReaderOptions Reading = new(bufferSize: 128 << 10);

    private Transport(Stream stream, string remote)
    {
        Output = stream;
        Input = PipeReader.Create(stream, Reading);
        Remote = remote;
    }

    /// <summary>Where bytes are written.</summary>
    public Stream Output { get; }

    /// <summary>Where bytes are read.</summary>
    public PipeReader Input { get; }

    /// <summary>The address of the other end, for logs.</summary>
    public string Remote { get; }

    /// <summary>Connects to a worker.</summary>
    public static async Task<Transport> ConnectAsync(WorkerAddress address, PeerTls? tls, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken).ConfigureAwait(false);
            return await SecureAsync(socket, tls is null ? null : plain => tls.ConnectAsync(plain, cancellationToken)).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes over a connection that came in.</summary>
    public static async Task<Transport> AcceptAsync(Socket socket, PeerTls? tls, CancellationToken cancellationToken)
    {
        try
        {
            socket.NoDelay = true;
            return await SecureAsync(socket, tls is null ? null : plain => tls.AcceptAsync(plain, cancellationToken)).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends the first message.</summary>
    public ValueTask SendAsync(Hello hello, CancellationToken cancellationToken) => Output.WriteAsync(hello.ToArray(), cancellationToken);

    /// <summary>Receives the first message.</summary>
    /// <exception cref="CodecException">The other end is no worker of this version.</exception>
    /// <exception cref="IOException">It has closed the connection.</exception>
    public async Task<Hello> ReceiveHelloAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> received = result.Buffer;
            if (Hello.TryRead(ref received, out Hello? hello))
            {
                Input.AdvanceTo(received.Start);
                return hello!;
            }

            long length = received.Length;
            Input.AdvanceTo(received.Start, received.End);
            if (result.IsCompleted)
            {
                throw new IOException($"it was closed after {length} bytes, before the other end said who it is");
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Input.CompleteAsync().ConfigureAwait(false);
        await Output.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<Transport> SecureAsync(Socket socket, Func<Stream, Task<Stream>>? secure)
    {
        string remote = socket.RemoteEndPoint is EndPoint end ? $"{end}" : "a closed connection";
        NetworkStream plain = new(socket, ownsSocket: true);
        return new Transport(secure is null ? plain : await secure(plain).ConfigureAwait(false), remote);
    }
}
