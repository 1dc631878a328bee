using QueryStream.JobSubmit.Arguments;

namespace QueryStream.JobSubmit.Client;

/// <summary>Where the coordinator is.</summary>
internal static class ClusterAddress
{
    /// <summary>The environment variable with the address.</summary>
    public const string Variable = "QUERYSTREAM_COORDINATOR";

    private const string Default = "localhost:8081";

    /// <summary>The address of the option, else of the environment, else the default.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static Uri Resolve(string? option)
    {
        string? variable = Environment.GetEnvironmentVariable(Variable);
        string text = option ?? (string.IsNullOrEmpty(variable) ? Default : variable);
        return TryParse(text) ?? throw new UsageException(
            $"{(option is null ? $"${Variable}" : "Option '--coordinator'")}: '{text}' is not allowed. Allowed: HOST:PORT, for example {Default}.");
    }

    /// <summary>Parses HOST:PORT or http[s]://HOST:PORT; null: it is neither.</summary>
    public static Uri? TryParse(string text) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute, out Uri? address)
        && address.Scheme is "http" or "https"
        && address.Host.Length > 0
        && address.AbsolutePath == "/"
        && (text.EndsWith($":{address.Port}", StringComparison.Ordinal) || text.EndsWith($":{address.Port}/", StringComparison.Ordinal))
            ? address
            : null;
}
