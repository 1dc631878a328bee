using System.Net;
using System.Net.Sockets;

namespace QueryStream.Exchange.Tests.Support;

/// <summary>A proxy in front of a worker that can cut its connections, hold their bytes back, or flip a bit of what goes to the worker.</summary>
internal sealed class FaultyWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ExchangeNode _worker;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    // Guards the lists, since connections come while a test cuts.
    private readonly Lock _lock = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _loops = [];
    private volatile bool _isFrozen;
    private int _flips;

    /// <summary>Starts a worker that others reach through the proxy only.</summary>
    public FaultyWire(string name, ExchangeOptions? options = null)
    {
        _listener.Start();
        int port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _worker = new ExchangeNode(name, (options ?? new ExchangeOptions()) with { AdvertisedPort = port });
        _accepting = AcceptAsync();
    }

    /// <summary>The worker.</summary>
    public ExchangeNode Worker => _worker;

    /// <summary>Whether bytes are held back, as by a network that is cut without a word.</summary>
    public bool IsFrozen
    {
        get => _isFrozen;
        set => _isFrozen = value;
    }

    /// <summary>Flips a bit of the next bytes that go to the worker.</summary>
    public void FlipBit() => Interlocked.Exchange(ref _flips, 1);

    /// <summary>Cuts all connections. New ones are not affected.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _sockets.ForEach(socket => socket.Dispose());
            _sockets.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The listener stops last: accepting from a stopped one is an error of its own.
        await _closing.CancelAsync();
        await _accepting;
        _listener.Stop();
        Cut();
        await Task.WhenAll(_loops);
        _closing.Dispose();
        await _worker.DisposeAsync();
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
                client.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _worker.Channels.ListeningPort, _closing.Token);
                lock (_lock)
                {
                    _sockets.AddRange([client, server]);
                    _loops.Add(Task.Run(() => PumpAsync(client, server, flips: true)));
                    _loops.Add(Task.Run(() => PumpAsync(server, client, flips: false)));
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The worker refuses, which the client sees as an end, or the wire is disposed.
                client?.Dispose();
                server.Dispose();
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool flips)
    {
        try
        {
            byte[] buffer = new byte[64 << 10];
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
            {
                if (flips && Interlocked.Exchange(ref _flips, 0) == 1)
                {
                    buffer[read / 2] ^= 0x10;
                }

                if (!_isFrozen)
                {
                    await to.SendAsync(buffer.AsMemory(0, read));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection was cut.
        }

        from.Dispose();
        if (!_isFrozen)
        {
            to.Dispose();
        }
    }
}
