using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace QueryStream.Connectors.Redis.Client;

/// <summary>
/// Asks whether Redis answers at an address, on a socket of its own, before the client library is let at it: the library tells
/// a refused connection, a wrong password and a server that is still loading apart in the text of an exception only.
/// </summary>
internal static class RedisProbe
{
    private const int LongestReply = 4096;

    /// <summary>Connects, authenticates, and sends a PING.</summary>
    /// <returns>Null where Redis is ready, else what stands in the way.</returns>
    public static async Task<RedisReply?> AskAsync(RedisAddress address, string? password, CancellationToken cancellationToken)
    {
        // IPv4 as the library's own sockets, so that both reach the same server.
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken).ConfigureAwait(false);
            using NetworkStream stream = new(socket, ownsSocket: false);
            await stream.WriteAsync(Request(password), cancellationToken).ConfigureAwait(false);
            using StreamReader reader = new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, LongestReply, leaveOpen: true);

            // A server without a password refuses AUTH and answers PING all the same; so PING's answer decides.
            string? first = await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            string? last = password is null || first is null ? first : await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            return Judge(first, last);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return new RedisReply.Unavailable((e as SocketException ?? e.InnerException as SocketException ?? e).Message);
        }
    }

    private static byte[] Request(string? password)
    {
        string auth = password is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"*2\r\n$4\r\nAUTH\r\n${Encoding.UTF8.GetByteCount(password)}\r\n{password}\r\n");
        return Encoding.UTF8.GetBytes(auth + "*1\r\n$4\r\nPING\r\n");
    }

    private static RedisReply? Judge(string? first, string? last)
    {
        if (last is "+PONG")
        {
            return null;
        }

        if (last is null)
        {
            return new RedisReply.Unavailable(first is null ? "the connection was closed without an answer" : first.TrimStart('-'));
        }

        if (!last.StartsWith('-'))
        {
            return new RedisReply.Unavailable($"no Redis server: PING is answered with '{last}'");
        }

        // With a wrong password the answer to AUTH says more than PING's NOAUTH.
        RedisReply.Failed error = RedisReply.Failed.From((first!.StartsWith('-') ? first : last)[1..]);
        return last.StartsWith("-NOAUTH ", StringComparison.Ordinal) ? error with { Code = "NOAUTH" } : new RedisReply.Unavailable(error.Message);
    }
}
