using System.Globalization;
using System.Net;
using System.Net.Sockets;
using QueryStream.Core.Errors;
using QueryStream.Exchange;
using QueryStream.Streams.Settings;

namespace QueryStream.Cluster.Host.Http;

/// <summary>Where a process of a cluster serves HTTP: REST, health, management.</summary>
public sealed record HttpOptions : IValidatedSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "QueryStream:Http";

    /// <summary>The IP address to listen at. By default only processes of this machine can connect.</summary>
    [Setting(nameof(Bind), "the IP address to listen at: 127.0.0.1 for this machine only, 0.0.0.0 or :: for all")]
    public string Bind { get; init; } = "127.0.0.1";

    /// <summary>The ports to listen at; the first that is free is taken. Empty: 8081 of a coordinator, 9249 to 9257 of a worker.</summary>
    [Setting(nameof(Ports), "the TCP ports to listen at, of which the first free one is taken: a list, for example 9249,9250")]
    public IReadOnlyList<string> Ports { get; init; } = [];

    /// <summary>
    /// Whether requests must come over TLS. Null: those from other machines must, where the process has certificates; without certificates none can.
    /// </summary>
    [Setting(nameof(Tls), "whether requests must come over TLS; unset: those from other machines must, where the process has certificates")]
    public bool? Tls { get; init; }

    /// <summary>Whether requests must come from somebody with a certificate of the cluster. Then all must come over TLS.</summary>
    [Setting(nameof(ClientCertificates), "whether requests must come from somebody with a certificate of the cluster, and so over TLS")]
    public bool ClientCertificates { get; init; }

    /// <summary>Refuses what the certificates of the process do not allow.</summary>
    /// <exception cref="SettingException">TLS is asked for, and there are no certificates.</exception>
    internal void RequireCertificates(bool hasCertificates)
    {
        if (!hasCertificates && (Tls == true || ClientCertificates))
        {
            throw new SettingException(
                $"{Section}:{(ClientCertificates ? nameof(ClientCertificates) : nameof(Tls))}",
                "true needs certificates: give them (--tls DIR; 'querystream cluster certificates DIR' makes them).");
        }
    }

    internal IPAddress Address => IPAddress.TryParse(Bind, out IPAddress? address)
        ? address
        : throw new SettingException(nameof(Bind), $"'{Bind}' is not an IP address, for example 127.0.0.1 or 0.0.0.0.");

    /// <inheritdoc/>
    public void Validate()
    {
        _ = Address;
        foreach (string port in Ports)
        {
            _ = Parse(port);
        }

        if (ClientCertificates && Tls == false)
        {
            throw new SettingException(
                nameof(ClientCertificates),
                $"true is not possible where {nameof(Tls)} is false, since only TLS shows certificates. Set only one of the two.");
        }
    }

    /// <summary>
    /// Listens at the first port that is free. The caller passes the socket on, since another process could take a port that is chosen but not bound.
    /// </summary>
    /// <param name="defaults">The ports, where none are set.</param>
    /// <exception cref="SettingException">None is free.</exception>
    internal Socket Listen(IEnumerable<int> defaults)
    {
        int[] ports = Ports.Count == 0 ? [.. defaults] : [.. Ports.Select(Parse)];
        if (TcpPorts.TryListen(Address, ports, out Socket? socket, out SocketException? problem))
        {
            return socket;
        }

        throw new SettingException(
            $"{Section}:{nameof(Ports)}",
            string.Create(CultureInfo.InvariantCulture, $"none of the ports {string.Join(", ", ports)} can be listened at ")
            + $"on {Bind}: {problem?.SocketErrorCode}. "
            + "Is another process running there? Set another port (--http-port).");
    }

    private static int Parse(string text) => TcpPorts.TryParse(text, out int port)
        ? port
        : throw new SettingException(nameof(Ports), $"'{text}' is not a TCP port. Allowed: 0 to 65535.");
}
