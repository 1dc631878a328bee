using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace QueryStream.Testing.Net;

/// <summary>
/// A proxy between clients and a server that can hold back the clients' bytes and deliver them after the clients are gone, like a network that
/// delivers old packets late.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly ConcurrentBag<Link> _links = [];
    private readonly ConcurrentBag<Task> _loops = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    /// <summary>Starts the proxy.</summary>
    /// <param name="port">The server's port on this machine.</param>
    public TcpProxy(int port)
    {
        _server = new IPEndPoint(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>The port for clients.</summary>
    public int Port { get; }

    /// <summary>The address for clients, HOST:PORT.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>The number of client connections so far.</summary>
    public int Connections => _links.Count;

    /// <summary>The number of held bytes.</summary>
    public long HeldBytes => _links.Sum(link => link.HeldBytes);

    /// <summary>Holds back the bytes of the existing connections. New connections are not affected.</summary>
    public void Hold()
    {
        foreach (Link link in _links)
        {
            link.Hold();
        }
    }

    /// <summary>Delivers the held bytes. The server's replies are dropped if the client is gone.</summary>
    public async Task ReleaseAsync()
    {
        foreach (Link link in _links)
        {
            await link.ReleaseAsync();
        }
    }

    /// <summary>The number of bytes that the server has sent on held connections since their release.</summary>
    public long AnsweredBytes => _links.Sum(link => link.LateAnswerBytes);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The listener stops last: accepting from a stopped one is an error of its own.
        await _closing.CancelAsync();
        await _accepting;
        _listener.Stop();
        foreach (Link link in _links)
        {
            link.Close();
        }

        await Task.WhenAll(_loops);
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            Socket? client = null;
            Socket server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                client = await _listener.AcceptSocketAsync(_closing.Token);
                await server.ConnectAsync(_server, _closing.Token);
                Link link = new(client, server);
                _links.Add(link);
                _loops.Add(Task.Run(link.ForwardAsync));
                _loops.Add(Task.Run(link.BackwardAsync));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The server refuses, which the client sees as an end, or the proxy is disposed.
                client?.Dispose();
                server.Dispose();
            }
        }
    }

    private sealed class Link(Socket client, Socket server)
    {
        // Guards the two fields below. While the connection is held, nothing is sent to the server, so that bytes keep their order.
        private readonly Lock _lock = new();
        private List<byte[]>? _held;
        private bool _wasHeld;
        private long _lateAnswerBytes;

        public long LateAnswerBytes => Interlocked.Read(ref _lateAnswerBytes);

        public long HeldBytes
        {
            get
            {
                lock (_lock)
                {
                    return _held?.Sum(bytes => (long)bytes.Length) ?? 0;
                }
            }
        }

        public void Hold()
        {
            lock (_lock)
            {
                _held ??= [];
                _wasHeld = true;
            }
        }

        public async Task ReleaseAsync()
        {
            List<byte[]> held;
            lock (_lock)
            {
                held = _held ?? [];
                _held = null;
            }

            foreach (byte[] bytes in held)
            {
                await server.SendAsync(bytes);
            }
        }

        public async Task ForwardAsync()
        {
            byte[] buffer = new byte[64 * 1024];
            int read;
            while ((read = await ReceiveAsync(client, buffer)) > 0)
            {
                if (!Keep(buffer.AsSpan(0, read)))
                {
                    await SendAsync(server, buffer.AsMemory(0, read));
                }
            }

            // The server must see the end of the connection only after its bytes, and held bytes are still to be delivered.
            if (!IsHeld())
            {
                Close();
            }
        }

        public async Task BackwardAsync()
        {
            byte[] buffer = new byte[64 * 1024];
            int read;
            while ((read = await ReceiveAsync(server, buffer)) > 0)
            {
                if (_wasHeld)
                {
                    Interlocked.Add(ref _lateAnswerBytes, read);
                }

                await SendAsync(client, buffer.AsMemory(0, read));
            }

            client.Dispose();
        }

        public void Close()
        {
            client.Dispose();
            server.Dispose();
        }

        private static async Task<int> ReceiveAsync(Socket socket, byte[] buffer)
        {
            try
            {
                return await socket.ReceiveAsync(buffer);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return 0;
            }
        }

        // Returns false if the other end is gone. The bytes are lost, as on any network.
        private static async Task<bool> SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
        {
            try
            {
                await socket.SendAsync(bytes);
                return true;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }

        private bool Keep(ReadOnlySpan<byte> bytes)
        {
            lock (_lock)
            {
                _held?.Add(bytes.ToArray());
                return _held is not null;
            }
        }

        private bool IsHeld()
        {
            lock (_lock)
            {
                return _held is not null;
            }
        }
    }
}
