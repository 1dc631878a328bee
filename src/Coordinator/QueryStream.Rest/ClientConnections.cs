using System.Net;
using Microsoft.AspNetCore.Http;

namespace QueryStream.Rest;

/// <summary>Where clients come from.</summary>
public static class ClientConnections
{
    /// <summary>Whether the client is on this machine, so that nothing between the two leaves it.</summary>
    public static bool IsOfThisMachine(this ConnectionInfo connection) =>
        connection.RemoteIpAddress is { } remote && (IPAddress.IsLoopback(remote) || remote.Equals(connection.LocalIpAddress));
}
