using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Exchange.Frames;

namespace QueryStream.Exchange.Connections;

/// <summary>Accepts connections, and refuses those of strangers: each costs one log line, and nothing that they send throws through.</summary>
/// <param name="socket">Listens.</param>
/// <param name="context">What connections share.</param>
/// <param name="peers">Takes the connections of workers.</param>
internal sealed class Listener(Socket socket, ExchangeContext context, Peers peers)
{
    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(100);

    // Changed by the threads of all connections that have sent no hello yet; bounds their number.
    private int _strangers;
    private bool _isFull;

    /// <summary>Listens on the first port of a list that is free.</summary>
    /// <exception cref="SettingException">None is, or the address is not of this machine.</exception>
    public static Socket Listen(ExchangeOptions options)
    {
        int[] ports = options.PortNumbers;
        IPAddress address = options.BindAddress;
        if (TcpPorts.TryListen(address, ports, out Socket? socket, out SocketException? problem))
        {
            return socket;
        }

        throw new SettingException(
            nameof(options.Ports),
            $"this worker cannot listen on {address}, port {string.Join(", ", ports)}: {problem?.Message}. Give a port that is free, or 0 for any.");
    }

    /// <summary>Accepts connections until the exchange closes.</summary>
    public async Task RunAsync()
    {
        while (!context.Closing.IsCancellationRequested)
        {
            try
            {
                Start(await socket.AcceptAsync(context.Closing).ConfigureAwait(false));
            }
            catch (Exception e) when (context.Closing.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Too many open files, or a client that has gone already. Others are accepted when there is room again.
                Log.AcceptFailed(context.Log, e, context.Own.Worker.Name, Durations.Format(ErrorPause));
                await Task.Delay(ErrorPause, context.Time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private void Start(Socket accepted)
    {
        if (Interlocked.Increment(ref _strangers) > context.Options.MaxStrangers)
        {
            Interlocked.Decrement(ref _strangers);
            accepted.Dispose();
            if (!_isFull)
            {
                Log.TooManyStrangers(context.Log, context.Options.MaxStrangers);
            }

            _isFull = true;
            return;
        }

        _isFull = false;
        context.Loops.Start(() => HandleAsync(accepted));
    }

    private async Task HandleAsync(Socket accepted)
    {
        (Transport Transport, Hello Hello)? stranger = null;
        string remote = RemoteOf(accepted);
        try
        {
            stranger = await context.WithinAsync(context.Options.HelloTimeout, token => MeetAsync(accepted, token)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or CodecException or AuthenticationException)
        {
            Log.StrangerRefused(context.Log, remote, e.Message);
        }
        catch (OperationCanceledException)
        {
            // The exchange closes.
        }
        finally
        {
            Interlocked.Decrement(ref _strangers);
        }

        if (stranger is (Transport transport, Hello hello))
        {
            await using (transport.ConfigureAwait(false))
            {
                await WelcomeAsync(transport, hello).ConfigureAwait(false);
            }
        }
    }

    // Every hello is answered by one, so that a worker of another cluster can say what is wrong.
    private async Task<(Transport Transport, Hello Hello)?> MeetAsync(Socket accepted, CancellationToken cancellationToken)
    {
        Transport transport = await Transport.AcceptAsync(accepted, context.Options.Tls, cancellationToken).ConfigureAwait(false);
        try
        {
            Hello hello = await transport.ReceiveHelloAsync(cancellationToken).ConfigureAwait(false);
            await transport.SendAsync(context.HelloTo(hello.Sender.Worker, HelloPurpose.Answer), cancellationToken).ConfigureAwait(false);
            return (transport, hello);
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task WelcomeAsync(Transport transport, Hello hello)
    {
        if (ReasonToRefuse(hello) is string reason)
        {
            Log.StrangerRefused(context.Log, transport.Remote, reason);
        }
        else if (hello.Purpose == HelloPurpose.Call)
        {
            peers.OnCalled(hello.Sender);
        }
        else
        {
            await peers.RunAcceptedAsync(hello.Sender, transport, hello.Number).ConfigureAwait(false);
        }
    }

    private string? ReasonToRefuse(Hello hello)
    {
        string own = context.Own.Worker.Name;
        string other = hello.Sender.Worker.Name;
        if (hello.Cluster != context.Options.Cluster)
        {
            return $"worker {other} is of cluster '{hello.Cluster}', and {own} of '{context.Options.Cluster}'";
        }

        if (hello.Target != context.Own.Worker)
        {
            return $"worker {other} means worker {hello.Target}, and this is {own}";
        }

        if (other == own)
        {
            return $"another worker at {hello.Sender.Address} has the name {own} too; names must be unique in the cluster";
        }

        HelloPurpose expected = peers.Connects(hello.Sender) ? HelloPurpose.Connect : HelloPurpose.Call;
        return hello.Purpose == expected ? null : $"a hello of worker {other} has purpose {hello.Purpose}, and {expected} is expected";
    }

    private static string RemoteOf(Socket socket)
    {
        try
        {
            return $"{socket.RemoteEndPoint}";
        }
        catch (SocketException)
        {
            return "a client that has gone";
        }
    }
}
