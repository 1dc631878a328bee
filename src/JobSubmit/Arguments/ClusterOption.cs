using System.CommandLine;
using QueryStream.Certificates;
using QueryStream.JobSubmit.Client;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>Which cluster a command is about. Created anew for each command.</summary>
internal sealed class ClusterOption
{
    private readonly Option<string?> _address = new("--coordinator", "--jobmanager", "-m")
    {
        Description = $"The coordinator's address. Unset: ${ClusterAddress.Variable}, else localhost:8081",
        HelpName = "[https://]HOST:PORT",
    };

    private readonly TlsOption _tls = new();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_address);
        _tls.AddTo(command);
    }

    /// <summary>The option that was given; null: none was.</summary>
    public string? Given(ParseResult parsed) => parsed.GetValue(_address) is not null ? _address.Name : _tls.Given(parsed);

    /// <summary>A client of the cluster.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="token">Shown with all requests; null: that of the environment, if there is one.</param>
    /// <exception cref="UsageException">The address is none.</exception>
    /// <exception cref="CertificateException">The certificates cannot be used.</exception>
    public ClusterClient Connect(ParseResult parsed, string? token = null)
    {
        string? directory = _tls.Of(parsed);
        Uri address = ClusterAddress.Resolve(parsed.GetValue(_address), hasTls: directory is not null);
        return new ClusterClient(address, TlsOption.Load(directory)) { Token = token ?? TokenOption.OfEnvironment };
    }

    /// <summary>The argument with the id of a job.</summary>
    public static Argument<string> JobId() => new("JOB-ID") { Description = "The job's id: 32 hexadecimal digits; querystream list shows it" };

    /// <summary>Checks the id of a job.</summary>
    /// <returns>It in lower case.</returns>
    /// <exception cref="UsageException">It is none.</exception>
    public static string ParseJobId(string text) => IsJobId(text) ? text.ToLowerInvariant() : throw new UsageException(
        $"Cannot parse JobID from \"{text}\". The expected format is [0-9a-fA-F]{{32}}, e.g. fd72014d4c864993a2e5a9287b4a9c5d.");

    /// <summary>Whether a text is the id of a job.</summary>
    public static bool IsJobId(string? text) => text is { Length: 32 } && text.All(char.IsAsciiHexDigit);
}
