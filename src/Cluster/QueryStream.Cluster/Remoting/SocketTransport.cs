using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport;
using QueryStream.Certificates;
using QueryStream.Cluster.Strangers;

namespace QueryStream.Cluster.Remoting;

/// <summary>
/// Carries Akka's messages over sockets, with .NET's own TLS. With Akka's DotNetty transport some TLS connections hang, and a
/// handshake that fails with a dying peer ends the process; docs/architecture.md has the measurement. Akka creates it. Safe on any thread.
/// </summary>
internal sealed class SocketTransport : Transport
{
    public const string ConfigName = "sockets";
    public const string ConfigPath = $"akka.remote.{ConfigName}";

    // The largest message of the cluster; the same on all nodes.
    private const int MaxMessageBytes = 1_000_000;

    // Connections that have not shown a certificate yet.
    private const int MaxStrangers = 200;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly SocketTransportSetup _setup;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<IAssociationEventListener> _associations = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards the connections that are open: Akka's threads and those of the sockets change them.
    private readonly Lock _lock = new();
    private readonly HashSet<SocketAssociation> _open = [];
    private Task _accepting = Task.CompletedTask;
    private Socket? _listener;
    private Address? _address;

    // How many connections are being welcomed: at most MaxStrangers. The accepting loop raises it, and each of them lowers it on its own thread.
    // Interlocked, so that no change is lost and a place is free again.
    private int _strangers;

    public SocketTransport(ActorSystem system, Config config)
    {
        System = system;
        Config = config;
        _setup = system.Settings.Setup.Get<SocketTransportSetup>().Value;
        SchemeIdentifier = _setup.Tls is null ? "tcp" : "ssl.tcp";
        MaximumPayloadBytes = MaxMessageBytes;
    }

    /// <inheritdoc/>
    public override bool IsResponsibleFor(Address remote) => true;

    /// <inheritdoc/>
    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        NodeOptions options = _setup.Options;
        IPAddress address = IPAddress.TryParse(options.ListenHost, out IPAddress? given)
            ? given
            : (await Dns.GetHostAddressesAsync(options.ListenHost, _closing.Token).ConfigureAwait(false))[0];
        Socket listener = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(address, options.Port));
            listener.Listen();
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new RemoteTransportException($"This process cannot listen at {address}, port {options.Port}: {e.Message}", e);
        }

        _listener = listener;
        _address = new Address(SchemeIdentifier, System.Name, NodeAddress.Canonical(options.Host), ((IPEndPoint)listener.LocalEndPoint!).Port);
        _accepting = Task.Run(AcceptAsync);
        return (_address, _associations);
    }

    /// <inheritdoc/>
    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        using CancellationTokenSource limit = new(ConnectTimeout, _setup.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _closing.Token);
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        NetworkStream? plain = null;
        try
        {
            await socket.ConnectAsync(remoteAddress.Host, remoteAddress.Port!.Value, either.Token).ConfigureAwait(false);
            plain = new NetworkStream(socket, ownsSocket: true);
            Stream stream = _setup.Tls is { } tls ? await tls.ConnectAsync(plain, either.Token).ConfigureAwait(false) : plain;
            return Start(stream, remoteAddress);
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            await CloseAsync(plain, socket).ConfigureAwait(false);
            if (e is StrangerException stranger)
            {
                _setup.Strangers.Refused($"{remoteAddress.Host}:{remoteAddress.Port}", KindOf(stranger), e.Message);
            }

            string problem = limit.IsCancellationRequested ? "it did not answer in time" : e.Message;
            throw new InvalidAssociationException($"There is no connection to {remoteAddress}: {problem}", e);
        }
    }

    /// <inheritdoc/>
    public override async Task<bool> Shutdown()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _listener?.Dispose();
        SocketAssociation[] open;
        lock (_lock)
        {
            open = [.. _open];
        }

        Array.ForEach(open, association => association.Close());
        await Task.WhenAll([.. open.Select(association => association.Ended), _accepting]).ConfigureAwait(false);
        return true;
    }

    private async Task AcceptAsync()
    {
        try
        {
            // Whoever connects before has to wait.
            IAssociationEventListener listener = await _associations.Task.WaitAsync(_closing.Token).ConfigureAwait(false);
            while (true)
            {
                Socket? accepted = await AcceptOneAsync().ConfigureAwait(false);
                if (accepted is null)
                {
                    continue;
                }

                if (Interlocked.Increment(ref _strangers) > MaxStrangers)
                {
                    Interlocked.Decrement(ref _strangers);
                    accepted.Dispose();
                    continue;
                }

                _ = Task.Run(() => WelcomeAsync(accepted, listener));
            }
        }
        catch (OperationCanceledException)
        {
            // The transport closes.
        }
    }

    // Null: the client has gone already, or there are too many open files.
    private async Task<Socket?> AcceptOneAsync()
    {
        try
        {
            return await _listener!.AcceptAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await Task.Delay(AcceptPause, _setup.Time, _closing.Token).ConfigureAwait(false);
            return null;
        }
    }

    private async Task WelcomeAsync(Socket accepted, IAssociationEventListener listener)
    {
        using CancellationTokenSource limit = new(ConnectTimeout, _setup.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _closing.Token);
        string remote = "";
        NetworkStream? plain = null;
        try
        {
            IPEndPoint end = (IPEndPoint)accepted.RemoteEndPoint!;
            remote = $"{end}";
            accepted.NoDelay = true;
            plain = new NetworkStream(accepted, ownsSocket: true);
            Stream stream = _setup.Tls is { } tls ? await tls.AcceptAsync(plain, either.Token).ConfigureAwait(false) : plain;
            IPAddress address = end.Address.IsIPv4MappedToIPv6 ? end.Address.MapToIPv4() : end.Address;
            listener.Notify(new InboundAssociation(Start(stream, new Address(SchemeIdentifier, System.Name, $"{address}", end.Port))));
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            await CloseAsync(plain, accepted).ConfigureAwait(false);
            if (ProblemOf(e, limit.IsCancellationRequested) is string problem)
            {
                _setup.Strangers.Refused(remote, KindOf(e), problem);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _strangers);
        }
    }

    // Each kind of problem is logged once.
    private static string KindOf(Exception failure) =>
        failure is StrangerException { HasCertificate: false } ? "no certificate" : failure.GetType().Name;

    // Null: not worth a log line; connections to dying processes fail like this.
    private static string? ProblemOf(Exception failure, bool isLate) => failure switch
    {
        StrangerException => failure.Message,
        AuthenticationException => $"it does not speak TLS: {failure.Message}",
        OperationCanceledException when isLate => "it does not answer as a process of a cluster does, or not in time",
        _ => null,
    };

    private SocketAssociation Start(Stream stream, Address remote)
    {
        SocketAssociation association = new(stream, MaxMessageBytes, _address!, remote, _setup);
        lock (_lock)
        {
            _open.Add(association);
        }

        association.Start();
        _ = association.Ended.ContinueWith(_ => Forget(association), TaskScheduler.Default);
        if (_closing.IsCancellationRequested)
        {
            association.Close();
        }

        return association;
    }

    private void Forget(SocketAssociation association)
    {
        lock (_lock)
        {
            _open.Remove(association);
        }
    }

    private static async Task CloseAsync(NetworkStream? plain, Socket socket)
    {
        if (plain is not null)
        {
            await plain.DisposeAsync().ConfigureAwait(false);
        }

        socket.Dispose();
    }
}

/// <summary>What the transport needs, since Akka creates it.</summary>
/// <param name="options">Where to listen, and the address for others.</param>
/// <param name="tls">The certificates; null: no TLS.</param>
/// <param name="strangers">Where to report whom it refuses.</param>
/// <param name="time">The clock.</param>
internal sealed class SocketTransportSetup(NodeOptions options, PeerTls? tls, StrangerLog strangers, TimeProvider time) : Setup
{
    public NodeOptions Options => options;

    public PeerTls? Tls => tls;

    public StrangerLog Strangers => strangers;

    public TimeProvider Time => time;
}
