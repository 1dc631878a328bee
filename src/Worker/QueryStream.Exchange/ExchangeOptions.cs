using System.Globalization;
using System.Net;
using QueryStream.Certificates;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Settings;

namespace QueryStream.Exchange;

/// <summary>The options of the connections between workers.</summary>
public sealed record ExchangeOptions : IValidatedSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "QueryStream:Exchange";

    private const int MaxPort = 65_535;
    private const int MaxName = 128;
    private static readonly TimeSpan MinTime = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxTime = TimeSpan.FromHours(1);

    /// <summary>The cluster's name. Workers of other clusters are refused.</summary>
    [Setting(nameof(Cluster), "the cluster's name, the same on all of its workers, 1 to 128 characters")]
    public string Cluster { get; init; } = "querystream";

    /// <summary>The IP address to listen on. By default only processes of this machine can connect.</summary>
    [Setting(nameof(Bind), "the IP address to listen on: 127.0.0.1 for this machine only, 0.0.0.0 or :: for all")]
    public string Bind { get; init; } = "127.0.0.1";

    /// <summary>The host name or address that other workers connect to; empty: <see cref="Bind"/>, or the machine's name if that means all.</summary>
    [Setting(nameof(Host), "the host name or address that other workers connect to; empty: the bound address, or the machine's name")]
    public string Host { get; init; } = "";

    /// <summary>The ports to listen on, tried in order; 0 is any free one.</summary>
    [Setting(nameof(Ports), "the TCP ports to listen on, tried in order, 0 for any: a list, for example 6130,6131")]
    public IReadOnlyList<string> Ports { get; init; } = ["0"];

    /// <summary>The port that other workers connect to, where it is mapped, as by a container; 0: the one that this worker listens on.</summary>
    [Setting(nameof(AdvertisedPort), "the TCP port that other workers connect to, if it is not the one listened on; 0: that one")]
    public int AdvertisedPort { get; init; }

    /// <summary>
    /// The largest frame, 64 KiB to 1 GiB. A batch has at most 1,024 rows and ends at 256 KiB, so only a single very large row comes near.
    /// </summary>
    [Setting(nameof(MaxFrameBytes), "the largest batch in bytes that is sent or accepted, 65536 to 1073741824")]
    public int MaxFrameBytes { get; init; } = 64 << 20;

    /// <summary>How often an idle connection shows that its end is alive, 10 ms to 1 h.</summary>
    [Setting(nameof(Heartbeat), "how often a sign of life is sent on an idle connection, 10ms to 1h")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// After how long without a byte a connection counts as lost; at least twice <see cref="Heartbeat"/>. Longer than the cluster takes to declare a
    /// silent process dead: signs of life share the threads of the tasks, so a worker that has just begun to restore many may be silent for seconds.
    /// </summary>
    [Setting(nameof(SilenceLimit), "how long a connection may be silent before it is lost, at least twice Heartbeat")]
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long who connects may take to say who it is, 10 ms to 1 h.</summary>
    [Setting(nameof(HelloTimeout), "how long who connects may take to say who it is, 10ms to 1h")]
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection to another worker is tried before its channels are lost, 10 ms to 1 h.</summary>
    [Setting(nameof(ConnectTimeout), "how long to try to connect to another worker, 10ms to 1h")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many connections may be open that have not said yet who they are, 1 to 65536; more are closed.</summary>
    [Setting(nameof(MaxStrangers), "how many connections may be open that have not said yet who they are, 1 to 65536")]
    public int MaxStrangers { get; init; } = 256;

    /// <summary>TLS; null: none, for loopback and trusted networks.</summary>
    public PeerTls? Tls { get; init; }

    /// <summary>The parsed <see cref="Bind"/>.</summary>
    internal IPAddress BindAddress => IPAddress.TryParse(Bind, out IPAddress? address)
        ? address
        : throw new SettingException(nameof(Bind), $"'{Bind}' is not an IP address, for example 127.0.0.1 or 0.0.0.0.");

    /// <summary>The parsed <see cref="Ports"/>.</summary>
    internal int[] PortNumbers => Ports.Count == 0
        ? throw new SettingException(nameof(Ports), "there is none. Give at least one port, or 0 for any free one.")
        : [.. Ports.Select(ParsePort)];

    /// <summary>What other workers connect to.</summary>
    internal string AdvertisedHost => Host.Length > 0 ? Host
        : BindAddress.Equals(IPAddress.Any) || BindAddress.Equals(IPAddress.IPv6Any) ? Environment.MachineName
        : Bind;

    /// <inheritdoc/>
    public void Validate()
    {
        Check(nameof(Cluster), Cluster.Length is > 0 and <= MaxName, $"'{Cluster}' has {Cluster.Length} characters", $"1 to {MaxName}");
        Check(nameof(Host), AdvertisedHost.Length <= 255, $"'{Host}' has {Host.Length} characters", "at most 255");
        _ = PortNumbers;
        CheckRange(nameof(AdvertisedPort), AdvertisedPort, 0, MaxPort);
        CheckRange(nameof(MaxFrameBytes), MaxFrameBytes, 64 << 10, 1 << 30);
        CheckRange(nameof(MaxStrangers), MaxStrangers, 1, 65_536);
        CheckTime(nameof(Heartbeat), Heartbeat, MinTime);
        CheckTime(nameof(SilenceLimit), SilenceLimit, Heartbeat * 2);
        CheckTime(nameof(HelloTimeout), HelloTimeout, MinTime);
        CheckTime(nameof(ConnectTimeout), ConnectTimeout, MinTime);
    }

    private static int ParsePort(string text) =>
        TcpPorts.TryParse(text, out int port)
            ? port
            : throw new SettingException(nameof(Ports), $"'{text}' is not a TCP port. Allowed: 0 to {MaxPort}.");

    private static void CheckRange(string name, int value, int min, int max) =>
        Check(name, value >= min && value <= max, string.Create(CultureInfo.InvariantCulture, $"{value} is not allowed"), $"{min} to {max}");

    private static void CheckTime(string name, TimeSpan value, TimeSpan min) => Check(
        name,
        value >= min && value <= MaxTime,
        $"{Durations.Format(value)} is not allowed",
        $"{Durations.Format(min)} to {Durations.Format(MaxTime)}");

    private static void Check(string name, bool isAllowed, string problem, string allowed)
    {
        if (!isAllowed)
        {
            throw new SettingException(name, $"{problem}. Allowed: {allowed}.");
        }
    }
}
