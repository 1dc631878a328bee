using System.Net;
using Akka.Actor;
using Akka.Configuration;
using QueryStream.Cluster.Remoting;
using QueryStream.Core.Errors;
using QueryStream.Streams.Settings;

namespace QueryStream.Cluster;

/// <summary>How a process takes part in a cluster.</summary>
public sealed record NodeOptions : IValidatedSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "QueryStream:Cluster";

    /// <summary>The port of a coordinator, unless another one is set.</summary>
    public const int DefaultCoordinatorPort = 6123;

    /// <summary>The name of the cluster. Processes of another one are refused.</summary>
    [Setting(nameof(Name), "the name of the cluster, letters, digits and hyphens")]
    public string Name { get; init; } = "querystream";

    /// <summary>The name or IP address under which the other processes reach this one.</summary>
    [Setting(nameof(Host), "the name or IP address under which the other processes reach this one")]
    public string Host { get; init; } = NodeAddress.Loopback;

    /// <summary>The IP address to listen at; empty: <see cref="Host"/>.</summary>
    [Setting(nameof(BindHost), "the IP address to listen at, for example 0.0.0.0; empty: that of Host")]
    public string BindHost { get; init; } = "";

    /// <summary>The port of Akka's cluster; 0: any free one.</summary>
    [Setting(nameof(Port), "the port of the cluster's control messages; 0: any free one")]
    public int Port { get; init; }

    /// <summary>The coordinators, <c>HOST:PORT</c>, separated by commas.</summary>
    [Setting(nameof(Coordinator), "the coordinators, HOST:PORT, separated by commas")]
    public string Coordinator { get; init; } = $"{NodeAddress.Loopback}:6123";

    /// <summary>
    /// The directory with the certificates of this process, by which the processes of a cluster know each other. Empty: none, so that only processes
    /// of this machine can connect.
    /// </summary>
    [Setting(nameof(Tls), "the directory with ca.crt, node.crt and node.key, as 'querystream cluster certificates' makes them; empty: no TLS")]
    public string Tls { get; init; } = "";

    /// <summary>Whether other machines may connect without TLS.</summary>
    [Setting(nameof(Insecure), "whether other machines may connect without TLS: anybody who reaches the port then controls the cluster")]
    public bool Insecure { get; init; }

    /// <summary>Where this process serves HTTP, as others reach it.</summary>
    [Setting(nameof(Http), "where this process serves HTTP, as others reach it: http://HOST:PORT, with certificates https://HOST:PORT")]
    public string Http { get; init; } = $"http://{NodeAddress.Loopback}:8081";

    /// <summary>
    /// Where coordinators keep their epoch, jobs and the code of jobs, so that the next one resumes them: <c>redis://HOST:PORT</c>, or
    /// <c>file:///PATH</c> for a single one that is restarted. Empty: jobs end with the coordinator.
    /// </summary>
    [Setting(nameof(Storage), "where coordinators keep jobs for the next one: redis://HOST:PORT, or file:///PATH for a single one; empty: nowhere")]
    public string Storage { get; init; } = "";

    /// <summary>The token that requests must carry to change the cluster over HTTP; empty: only processes of this machine may change it.</summary>
    [Setting(nameof(ManagementToken), "the token that requests must carry to change the cluster over HTTP; empty: only this machine may change it")]
    public string ManagementToken { get; init; } = "";

    /// <summary>HOCON for Akka, which wins over what QueryStream sets.</summary>
    [Setting(nameof(Akka), "HOCON for Akka, which wins over what QueryStream sets")]
    public string Akka { get; init; } = "";

    /// <summary>The role of the process: set by the host, not by the configuration.</summary>
    internal NodeRole Role { get; init; } = NodeRole.Worker;

    internal IReadOnlyList<NodeAddress> Coordinators =>
    [
        .. Coordinator.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(text => NodeAddress.Parse(nameof(Coordinator), text)),
    ];

    /// <summary>The coordinators as Akka writes them, with the protocol of this process: all nodes have the same.</summary>
    internal IReadOnlyList<Address> AddressesLike(Address self) =>
        [.. Coordinators.Select(node => new Address(self.Protocol, Name, node.Host, node.Port))];

    internal Uri HttpAddress => Uri.TryCreate(Http, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
        ? uri
        : throw new SettingException(nameof(Http), $"'{Http}' is no address. Write http://HOST:PORT.");

    /// <summary>The port of <see cref="Http"/>.</summary>
    public int HttpPort => HttpAddress.Port;

    /// <summary>What to listen at.</summary>
    public string ListenHost => BindHost.Length > 0 ? BindHost : NodeAddress.Canonical(Host);

    /// <summary>Whether processes know each other by certificates.</summary>
    public bool HasTls => Tls.Length > 0;

    /// <summary>Whether other machines can connect without a certificate.</summary>
    internal bool IsOpen => !HasTls && !NodeAddress.IsLoopback(ListenHost);

    /// <summary>Refuses an address that other machines can reach, unless there are certificates or the user consents.</summary>
    /// <param name="setting">The setting with the address.</param>
    /// <param name="address">Where to listen.</param>
    /// <exception cref="SettingException">Other machines can reach the address, and there is neither TLS nor <see cref="Insecure"/>.</exception>
    public void RequireProtection(string setting, string address)
    {
        if (!Insecure && !HasTls && !NodeAddress.IsLoopback(address))
        {
            throw new SettingException(
                setting,
                $"other machines can reach {address}, and without TLS whoever reaches it controls the cluster. Give certificates (--tls DIR; "
                + "'querystream cluster certificates DIR' makes them), or set Insecure (--insecure) in a network that you trust.");
        }
    }

    // Akka's parser throws exceptions of several types.
    private void CheckAkka()
    {
        Config settings;
        try
        {
            settings = ConfigurationFactory.ParseString(Akka);
        }
        catch (Exception e)
        {
            throw new SettingException(nameof(Akka), $"it is not HOCON: {e.Message}");
        }

        if (settings.HasPath("akka.remote.dot-netty"))
        {
            throw new SettingException(
                nameof(Akka), $"akka.remote.dot-netty has no effect: messages travel over {SocketTransport.ConfigPath}. Remove it.");
        }
    }

    /// <inheritdoc/>
    public void Validate()
    {
        if (Name.Length == 0 || Name[0] == '-' || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            throw new SettingException(nameof(Name), $"'{Name}' is not allowed. Allowed: ASCII letters, digits and hyphens, and no hyphen first.");
        }

        if (Port is < 0 or > 65_535)
        {
            throw new SettingException(nameof(Port), $"{Port} is not allowed. Allowed: 0 to 65535.");
        }

        _ = (Coordinators, HttpAddress);
        CheckAkka();
        RequireProtection(nameof(BindHost), ListenHost);
        if (Insecure && HasTls)
        {
            throw new SettingException(
                nameof(Insecure), "certificates are given too (--tls), and processes without one would be refused. Set only one of the two.");
        }
    }
}

/// <summary>The address of a process, with one name for this machine's loopback: Akka compares addresses as texts.</summary>
/// <param name="Host">A name or an IP address.</param>
/// <param name="Port">The TCP port.</param>
internal readonly record struct NodeAddress(string Host, int Port)
{
    public const string Loopback = "127.0.0.1";

    // 127.example.com is a host name, not a loopback address.
    public static bool IsLoopback(string host) =>
        host is "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    public static string Canonical(string host) => IsLoopback(host) ? Loopback : host;

    public static NodeAddress Parse(string setting, string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), out int port) && port is >= 1 and <= 65_535
            ? new NodeAddress(Canonical(text[..colon]), port)
            : throw new SettingException(
                setting, $"'{text}' is no address. Write HOST:PORT, for example localhost:{NodeOptions.DefaultCoordinatorPort}.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Host}:{Port}";
}
