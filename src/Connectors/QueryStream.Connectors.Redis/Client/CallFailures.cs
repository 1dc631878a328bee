using System.Net.Sockets;
using System.Security.Authentication;
using StackExchange.Redis;

namespace QueryStream.Connectors.Redis.Client;

/// <summary>Says in a few words why a call failed. The library's messages contain pages of internal state.</summary>
/// <param name="address">The server.</param>
/// <param name="options">The client options.</param>
internal sealed class CallFailures(RedisAddress address, RedisClientOptions options)
{
    /// <summary>The reason if the library gives none.</summary>
    public const string NoConnection = "no connection";

    /// <summary>Whether the library throws the exception for a failed call.</summary>
    public static bool IsOfCall(Exception exception) => exception
        is RedisException or RedisCommandException or TimeoutException or InvalidOperationException;

    /// <summary>Detects a refused login. The library keeps only the server's last reply, which does not say that the password was wrong.</summary>
    public RedisReply.Failed? RefusedLogin(Exception e)
    {
        for (Exception? cause = e; cause is not null; cause = cause.InnerException)
        {
            // A rejected certificate has the same failure type, but an AuthenticationException inside.
            if (cause is RedisConnectionException
                {
                    FailureType: ConnectionFailureType.AuthenticationFailure, InnerException: not AuthenticationException,
                })
            {
                return address.User is null && options.Password is null
                    ? RedisReply.Failed.From("NOAUTH the server requires a password")
                    : RedisReply.Failed.From("WRONGPASS the server accepts neither this user with this password nor anyone without");
            }

            if (cause is RedisServerException { Message: var message } && message.Contains("NOPERM ", StringComparison.Ordinal))
            {
                return RedisReply.Failed.From(message[message.IndexOf("NOPERM ", StringComparison.Ordinal)..]);
            }
        }

        return null;
    }

    /// <summary>Why a call failed. The cause, if there is one, is the innermost exception.</summary>
    public string Reason(Exception? exception, IConnectionMultiplexer connection) => exception?.GetBaseException() switch
    {
        TimeoutException => $"no response for {options.ResponseTimeout.TotalSeconds:0.#} s",
        SocketException or AuthenticationException or IOException => exception.GetBaseException().Message,
        RedisConnectionException { FailureType: ConnectionFailureType.SocketClosed } => "the connection was closed",
        RedisCommandException or RedisConnectionException when HasReplica(connection) => "READONLY only replicas are connected",
        RedisConnectionException or ObjectDisposedException or null => NoConnection,
        InvalidOperationException e => $"the reply is not a Redis reply: {e.Message}",
        { } e => e.Message,
    };

    private static bool HasReplica(IConnectionMultiplexer connection) =>
        connection.GetServers().Any(server => server is { IsConnected: true, IsReplica: true });
}
