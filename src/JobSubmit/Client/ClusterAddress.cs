using QueryStream.JobSubmit.Arguments;

namespace QueryStream.JobSubmit.Client;

/// <summary>Where the coordinator is.</summary>
internal static class ClusterAddress
{
    /// <summary>The environment variable with the address.</summary>
    public const string Variable = "QUERYSTREAM_COORDINATOR";

    private const string Default = "localhost:8081";

    /// <summary>The address of the option, else of the environment, else the default.</summary>
    /// <param name="option">The value of the option; null: it is not given.</param>
    /// <param name="hasTls">Whether the user has certificates, and so no request may leave this machine without TLS.</param>
    /// <exception cref="UsageException">It is none, or one without TLS.</exception>
    public static Uri Resolve(string? option, bool hasTls)
    {
        string? variable = Environment.GetEnvironmentVariable(Variable);
        string text = option ?? (string.IsNullOrEmpty(variable) ? Default : variable);
        string source = option is null ? $"${Variable}" : "Option '--coordinator'";
        Uri address = TryParse(text, hasTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)
            ?? throw new UsageException($"{source}: '{text}' is not allowed. Allowed: HOST:PORT, for example {Default}.");
        return !hasTls || address.Scheme == Uri.UriSchemeHttps ? address : throw new UsageException(
            $"{source}: '{text}' is not allowed with certificates, since it is without TLS. Write https:// or HOST:PORT, or leave out --tls and "
            + $"${TlsOption.Variable}.");
    }

    /// <summary>Parses HOST:PORT or http[s]://HOST:PORT; null: it is neither.</summary>
    /// <param name="text">The address.</param>
    /// <param name="scheme">The scheme, where the address has none.</param>
    public static Uri? TryParse(string text, string scheme = "http") =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"{scheme}://{text}", UriKind.Absolute, out Uri? address)
        && address.Scheme is "http" or "https"
        && address.Host.Length > 0
        && address.AbsolutePath == "/"
        && (text.EndsWith($":{address.Port}", StringComparison.Ordinal) || text.EndsWith($":{address.Port}/", StringComparison.Ordinal))
            ? address
            : null;
}
