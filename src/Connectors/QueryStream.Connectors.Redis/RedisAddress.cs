using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace QueryStream.Connectors.Redis;

/// <summary>
/// The address of Redis: <c>[redis://][USER@]HOST:PORT[,HOST:PORT…][/DATABASE]</c>, for example <c>localhost:6379</c>. The scheme
/// <c>rediss://</c> enables TLS, with optional PEM files: <c>?cacert=FILE</c> (a certificate authority to trust in addition to the system's),
/// <c>cert=FILE</c> and <c>key=FILE</c> (the client certificate). Several hosts are one master with its replicas. IPv6 addresses are written in
/// brackets. An address never contains a password (see <see cref="RedisClientOptions.Password"/>), so it may be logged.
/// </summary>
public sealed class RedisAddress : IEquatable<RedisAddress>
{
    /// <summary>The address for sinks if neither the job nor the process sets one.</summary>
    public const string Default = "localhost:6379";

    private const int MaxDatabase = 65_535;
    private const string PlainScheme = "redis";
    private const string TlsScheme = "rediss";

    // The canonical form, by which addresses are compared.
    private readonly string _text;

    private RedisAddress(Parts parts)
    {
        User = parts.User;
        EndPoints = parts.EndPoints;
        Database = parts.Database;
        IsTls = parts.IsTls;
        AuthorityFile = parts.Files.GetValueOrDefault("cacert");
        CertificateFile = parts.Files.GetValueOrDefault("cert");
        KeyFile = parts.Files.GetValueOrDefault("key");
        _text = Format(parts);
    }

    /// <summary>Host names or IP addresses with ports. At least one.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; }

    /// <summary>The user; null: the default user.</summary>
    public string? User { get; }

    /// <summary>The database number; 0 if none is given.</summary>
    public int Database { get; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsTls { get; }

    /// <summary>A PEM file with a certificate authority to trust; null: only the system's authorities.</summary>
    public string? AuthorityFile { get; }

    /// <summary>A PEM file with the client certificate; null: none.</summary>
    public string? CertificateFile { get; }

    /// <summary>A PEM file with the private key of <see cref="CertificateFile"/>; null if that file contains it.</summary>
    public string? KeyFile { get; }

    /// <summary>Parses an address.</summary>
    /// <exception cref="FormatException">The text is not an address. The message says what is allowed, and shows no password.</exception>
    public static RedisAddress Parse(string text)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        (string rest, string query) = Split(scheme < 0 ? text : text[(scheme + 3)..], '?');
        (string authority, string database) = Split(rest, '/');
        int at = authority.LastIndexOf('@');
        Parts parts = new(
            IsTls: scheme >= 0 && text[..scheme] == TlsScheme,
            User: at < 0 ? null : Uri.UnescapeDataString(authority[..at]),
            EndPoints: [.. authority[(at + 1)..].Split(',').Select(host => ParseEndPoint(host, text))],
            Database: database.Length == 0
                ? 0
                : ParseNumber(database, 0, MaxDatabase) ?? throw Invalid(text, $"the database is a number up to {MaxDatabase}"),
            Files: ParseFiles(query, text));
        string? problem =
            scheme >= 0 && text[..scheme] is not (PlainScheme or TlsScheme) ? $"the scheme is {PlainScheme} or {TlsScheme}"
            : at >= 0 && authority[..at].Contains(':', StringComparison.Ordinal)
                ? $"it must hold no password, since others see it: set {RedisClientOptions.PasswordVariable}"
            : parts.User is "" ? "the user before '@' is empty"
            : parts.Files.Count > 0 && !parts.IsTls ? $"certificate files need {TlsScheme}://"
            : parts.Files.ContainsKey("key") && !parts.Files.ContainsKey("cert") ? "key needs cert"
            : null;
        return problem is null ? new RedisAddress(parts) : throw Invalid(text, problem);
    }

    /// <inheritdoc/>
    public bool Equals(RedisAddress? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RedisAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    /// <summary>The canonical form of the address: <c>localhost:6379</c>.</summary>
    public override string ToString() => _text;

    private static (string Before, string After) Split(string text, char separator)
    {
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }

    private static EndPoint ParseEndPoint(string text, string whole)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        int? port = ParseNumber(text[(colon + 1)..], 1, IPEndPoint.MaxPort);
        if (colon > 0 && port is { } number)
        {
            if (host is ['[', .., ']'] && IPAddress.TryParse(host[1..^1], out IPAddress? v6) && v6.AddressFamily == AddressFamily.InterNetworkV6)
            {
                return new IPEndPoint(v6, number);
            }

            if (Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4)
            {
                return IPAddress.TryParse(host, out IPAddress? v4) ? new IPEndPoint(v4, number) : new DnsEndPoint(host, number);
            }
        }

        throw Invalid(whole, "HOST is a name, an IPv4 address or an IPv6 address in brackets, and PORT is 1 to 65535");
    }

    private static Dictionary<string, string> ParseFiles(string query, string whole)
    {
        Dictionary<string, string> files = [];
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            (string name, string file) = Split(pair, '=');
            if (name is not ("cacert" or "cert" or "key") || file.Length == 0 || !files.TryAdd(name, Uri.UnescapeDataString(file)))
            {
                throw Invalid(whole, "behind '?' stand cacert=FILE, cert=FILE and key=FILE, each once at most");
            }
        }

        return files;
    }

    private static int? ParseNumber(string text, int from, int to) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= from && number <= to ? number : null;

    private static FormatException Invalid(string text, string problem) => new(
        $"'{WithoutPassword(text)}' is not an address of Redis: {problem}. Write HOST:PORT, for example localhost:6379, "
        + "or redis[s]://[USER@]HOST:PORT[,HOST:PORT][/DATABASE].");

    private static string WithoutPassword(string text)
    {
        int at = text.LastIndexOf('@');
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        int start = scheme < 0 ? 0 : scheme + 3;
        int colon = text.IndexOf(':', start);
        return colon >= 0 && colon < at ? $"{text[..colon]}:***{text[at..]}" : text;
    }

    private static string Format(Parts parts)
    {
        string hosts = string.Join(',', parts.EndPoints.Select(Format));
        string user = parts.User is null ? "" : $"{Uri.EscapeDataString(parts.User)}@";
        string database = parts.Database == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"/{parts.Database}");
        string files = string.Join(
            '&', parts.Files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{file.Key}={Uri.EscapeDataString(file.Value)}"));
        bool isPlain = !parts.IsTls && user.Length == 0 && database.Length == 0;
        return $"{(isPlain ? "" : parts.IsTls ? "rediss://" : "redis://")}{user}{hosts}{database}{(files.Length == 0 ? "" : "?")}{files}";
    }

    private static string Format(EndPoint endPoint) => endPoint is DnsEndPoint dns
        ? string.Create(CultureInfo.InvariantCulture, $"{dns.Host}:{dns.Port}")
        : endPoint.ToString()!;

    private sealed record Parts(bool IsTls, string? User, IReadOnlyList<EndPoint> EndPoints, int Database, Dictionary<string, string> Files);
}
