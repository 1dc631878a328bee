using System.Net.Sockets;
using System.Security.Authentication;
using QueryStream.Core.Codecs;
using QueryStream.Exchange.Frames;
using QueryStream.Wire.Control;

namespace QueryStream.Exchange.Connections;

/// <summary>What came of one attempt to connect.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Transport">The connection, behind its hello; null if there is none.</param>
/// <param name="Problem">Why there is none.</param>
internal readonly record struct DialResult(DialOutcome Outcome, Transport? Transport, string Problem);

/// <summary>The outcomes of an attempt to connect.</summary>
internal enum DialOutcome
{
    /// <summary>The worker has answered.</summary>
    Answered,

    /// <summary>There is no answer, which proves nothing: the next attempt may have one.</summary>
    Unreachable,

    /// <summary>What answers does not understand this worker, or is of another cluster; further attempts will not change that.</summary>
    Mismatch,

    /// <summary>Nobody listens at the address, or another worker: the process that did is dead.</summary>
    Dead,
}

/// <summary>Connects to other workers.</summary>
/// <param name="context">What connections share.</param>
internal sealed class Dialer(ExchangeContext context)
{
    /// <summary>Tries once.</summary>
    /// <param name="peer">The worker.</param>
    /// <param name="purpose">What for. After a call the connection is closed.</param>
    /// <param name="limit">How long to wait for the answer.</param>
    public async Task<DialResult> TryAsync(WorkerLocation peer, HelloPurpose purpose, TimeSpan limit)
    {
        try
        {
            DialResult result = await context.WithinAsync(limit, token => TryAsync(peer, purpose, token)).ConfigureAwait(false);
            if (purpose == HelloPurpose.Call && result.Transport is { } called)
            {
                await called.DisposeAsync().ConfigureAwait(false);
                return result with { Transport = null };
            }

            return result;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return new DialResult(DialOutcome.Dead, null, "it refuses connections, so its process has ended");
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return new DialResult(DialOutcome.Unreachable, null, e.Message);
        }
        catch (Exception e) when (e is CodecException or AuthenticationException)
        {
            return new DialResult(DialOutcome.Mismatch, null, e.Message);
        }
    }

    private async Task<DialResult> TryAsync(WorkerLocation peer, HelloPurpose purpose, CancellationToken cancellationToken)
    {
        Transport transport = await Transport.ConnectAsync(peer.Address, context.Options.Tls, cancellationToken).ConfigureAwait(false);
        DialResult result = new(DialOutcome.Unreachable, null, "");
        try
        {
            await transport.SendAsync(context.HelloTo(peer.Worker, purpose), cancellationToken).ConfigureAwait(false);
            result = Judge(await transport.ReceiveHelloAsync(cancellationToken).ConfigureAwait(false), peer, transport);
            return result;
        }
        finally
        {
            if (result.Transport is null)
            {
                await transport.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private DialResult Judge(Hello answer, WorkerLocation peer, Transport transport)
    {
        if (answer.Cluster != context.Options.Cluster)
        {
            return new DialResult(
                DialOutcome.Mismatch, null, $"a worker of cluster '{answer.Cluster}' answers there, and this one is of '{context.Options.Cluster}'");
        }

        return answer.Sender.Worker == peer.Worker
            ? new DialResult(DialOutcome.Answered, transport, "")
            : new DialResult(DialOutcome.Dead, null, $"worker {answer.Sender.Worker} listens there now, so the process of {peer.Worker} has ended");
    }
}
