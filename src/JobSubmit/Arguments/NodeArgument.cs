using System.CommandLine;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>A process of a cluster: an argument, or the option of Petabridge.Cmd. Created anew for each command.</summary>
internal sealed class NodeArgument
{
    private readonly Argument<string?> _node;
    private readonly Option<string?> _address = new("--address", "-a") { Description = "NODE, as pbm takes it", HelpName = "NODE" };

    /// <summary>Creates the argument.</summary>
    public NodeArgument(string description) => _node = new Argument<string?>("NODE") { Description = description, Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Adds it to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_node);
        command.Options.Add(_address);
    }

    /// <summary>What was given.</summary>
    /// <exception cref="UsageException">Neither was.</exception>
    public string Of(ParseResult parsed) => parsed.GetValue(_node) ?? parsed.GetValue(_address) ?? throw new UsageException(
        $"'{parsed.CommandResult.Command.Name}' needs a process: NODE or -a NODE. querystream cluster members lists them.");
}
