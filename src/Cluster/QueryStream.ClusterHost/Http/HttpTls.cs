using System.IO.Pipelines;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using QueryStream.Certificates;

namespace QueryStream.Cluster.Host.Http;

/// <summary>
/// HTTP with and without TLS at one port, told apart by the first byte of a connection. So a cluster has one HTTP address for everybody, and a client
/// that forgets TLS can be told so in words. Which requests are answered is decided by <see cref="HttpAccess"/>.
/// </summary>
internal static class HttpTls
{
    // A record of TLS that begins a handshake. No method of HTTP begins with it.
    private const byte Handshake = 0x16;

    /// <summary>Lets a port speak both.</summary>
    public static void Use(ListenOptions port, PeerTls tls, TimeSpan limit)
    {
        port.Protocols = HttpProtocols.Http1;
        ConnectionDelegate? http = null;
        port.Use(secured => async connection =>
        {
            switch (await BeginsWithHandshakeAsync(connection, limit).ConfigureAwait(false))
            {
                case true:
                    await secured(connection).ConfigureAwait(false);
                    break;
                case false:
                    await http!(connection).ConfigureAwait(false);
                    break;
                case null:
                    break;
            }
        });
        port.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = handshake =>
            {
                SslServerAuthenticationOptions options = tls.OptionsOfServer(out PeerJudgement judgement);
                handshake.Connection.Features.Set(judgement);
                return ValueTask.FromResult(options);
            },
        });
        port.Use(next => http = next);
    }

    // Null: it ends before its first byte, sends none in time, or the server stops.
    private static async Task<bool?> BeginsWithHandshakeAsync(ConnectionContext connection, TimeSpan limit)
    {
        CancellationToken stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, stopping);
        end.CancelAfter(limit);
        PipeReader input = connection.Transport.Input;
        try
        {
            ReadResult read = await input.ReadAsync(end.Token).ConfigureAwait(false);
            bool? isHandshake = read.Buffer.IsEmpty ? null : read.Buffer.FirstSpan[0] == Handshake;

            // Not examined either, so that the next reader gets it at once.
            input.AdvanceTo(read.Buffer.Start);
            return isHandshake;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
