using System.CommandLine;
using QueryStream.Cluster.Host;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>What a process of a cluster may ask of those who change it. Created anew for each command.</summary>
internal sealed class TokenOption
{
    private readonly Option<string?> _token = new("--token")
    {
        Description = $"The token of those who may change the cluster. Unset: ${NodeHost.TokenVariable}, which other users do not see",
        HelpName = "TOKEN",
    };

    /// <summary>Adds the option to a command.</summary>
    public void AddTo(Command command) => command.Options.Add(_token);

    /// <summary>The token; null: there is none.</summary>
    public string? Of(ParseResult parsed) => parsed.GetValue(_token) is { Length: > 0 } token ? token : OfEnvironment;

    /// <summary>The token of the environment; null: there is none.</summary>
    public static string? OfEnvironment => Environment.GetEnvironmentVariable(NodeHost.TokenVariable) is { Length: > 0 } token ? token : null;
}
