using System.Net.Sockets;
using QueryStream.Certificates;

namespace QueryStream.Cluster.Host.Http;

/// <summary>Connects HTTP clients to processes of a cluster.</summary>
public static class HttpClients
{
    /// <summary>
    /// A handler for clients. Over <c>https</c> both ends are judged by the cluster's certificates, and a refused one ends in an
    /// <see cref="HttpRequestException"/> that is caused by a <see cref="StrangerException"/>.
    /// </summary>
    /// <param name="tls">The certificates; null: over <c>https</c> the server is judged by the authorities that this machine trusts.</param>
    public static SocketsHttpHandler CreateHandler(PeerTls? tls)
    {
        // The processes of a cluster are reached directly.
        SocketsHttpHandler handler = new() { UseProxy = false };
        if (tls is not null)
        {
            handler.ConnectCallback = (context, cancellationToken) => ConnectAsync(context, tls, cancellationToken);
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, PeerTls tls, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        // From here on the stream owns the socket.
        NetworkStream plain = new(socket, ownsSocket: true);
        return context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps
            ? await tls.ConnectAsync(plain, cancellationToken).ConfigureAwait(false)
            : plain;
    }
}
