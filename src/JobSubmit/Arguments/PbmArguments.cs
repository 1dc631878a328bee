using QueryStream.JobSubmit.Client;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>
/// Command lines that are written for Petabridge.Cmd: the address of the node that is asked may come first, <c>pbm HOST:PORT cluster show</c>.
/// </summary>
internal static class PbmArguments
{
    /// <summary>Rewrites a command line as ours.</summary>
    public static string[] Translate(string[] arguments) =>
        arguments.Length > 1 && ClusterAddress.TryParse(arguments[0]) is not null ? [.. arguments[1..], "--coordinator", arguments[0]] : arguments;
}
