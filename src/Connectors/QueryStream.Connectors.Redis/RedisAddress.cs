using System.Globalization;

namespace QueryStream.Connectors.Redis;

/// <summary>Where a Redis server listens.</summary>
/// <param name="Host">A name or an IPv4 address; the client library speaks no IPv6.</param>
/// <param name="Port">1 to 65535.</param>
public readonly record struct RedisAddress(string Host, int Port)
{
    /// <summary>Reads <c>HOST:PORT</c>.</summary>
    /// <exception cref="FormatException">It is something else; the message says what is allowed.</exception>
    public static RedisAddress Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        bool hasPort = int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port);
        if (colon <= 0 || !hasPort || port is < 1 or > 65_535 || Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
        {
            throw new FormatException($"'{text}' is not HOST:PORT, where HOST is a name or an IPv4 address and PORT is 1 to 65535; for example localhost:6379.");
        }

        return new RedisAddress(host, port);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
