using System.CommandLine;
using QueryStream.Certificates;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>The certificates of a cluster that speaks HTTPS. Created anew for each command.</summary>
internal sealed class TlsOption
{
    /// <summary>The environment variable with the directory.</summary>
    public const string Variable = "QUERYSTREAM_TLS";

    private readonly Option<string?> _directory = new("--tls")
    {
        Description = "The directory with ca.crt of the cluster, and with node.crt and node.key where it asks clients for a certificate. "
            + $"Unset: ${Variable}; without both, https is judged by what this machine trusts",
        HelpName = "DIR",
    };

    /// <summary>Adds the option to a command.</summary>
    public void AddTo(Command command) => command.Options.Add(_directory);

    /// <summary>Its name, if it was given.</summary>
    public string? Given(ParseResult parsed) => parsed.GetValue(_directory) is not null ? _directory.Name : null;

    /// <summary>The directory; null: there is none.</summary>
    public string? Of(ParseResult parsed) =>
        (parsed.GetValue(_directory) ?? Environment.GetEnvironmentVariable(Variable)) is { Length: > 0 } directory ? directory : null;

    /// <summary>Reads the certificates of a directory; null: there are none.</summary>
    /// <exception cref="CertificateException">They cannot be used.</exception>
    public static ClusterCertificates? Load(string? directory) =>
        directory is null ? null : ClusterCertificates.LoadForClient(new CertificateFiles(directory), TimeProvider.System);
}
