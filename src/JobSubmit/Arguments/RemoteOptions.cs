using System.CommandLine;
using QueryStream.JobSubmit.Running;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>The options of a run on a cluster. Created anew for each command.</summary>
internal sealed class RemoteOptions
{
    private readonly Option<string?> _name = new("--name") { Description = "The job's name in the cluster. Unset: the job's own", HelpName = "NAME" };

    private readonly Option<bool> _detached = new("--detached", "-d") { Description = "Return when the job is submitted, and leave it running" };

    private readonly Option<int?> _wait = CommonOptions.Number(
        "--wait", "How many seconds to try again while there is no coordinator yet, or too few slots are free. Unset: 0", 0, 86_400);

    private readonly Option<bool> _ifAbsent = new("--if-absent") { Description = "Do nothing, successfully, where a job of this name runs already" };

    private readonly Option<InterruptAction?> _onInterrupt = new("--on-interrupt")
    {
        Description = "What Ctrl-C does: cancel the job, or detach from it and leave it running. Unset: cancel",
        HelpName = "cancel|detach",
        CustomParser = result => CommonOptions.Parse<InterruptAction>(
            result,
            text => text switch { "cancel" => InterruptAction.Cancel, "detach" => InterruptAction.Detach, _ => null },
            "cancel or detach"),
    };

    private readonly ClusterOption _cluster = new();

    /// <summary>The option of the coordinator's address.</summary>
    public ClusterOption Cluster => _cluster;

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_name);
        command.Options.Add(_detached);
        command.Options.Add(_wait);
        command.Options.Add(_ifAbsent);
        command.Options.Add(_onInterrupt);
        _cluster.AddTo(command);
    }

    /// <summary>What was given.</summary>
    public RemoteRunOptions Parse(ParseResult parsed) => new()
    {
        Name = parsed.GetValue(_name),
        IsDetached = parsed.GetValue(_detached),
        Wait = TimeSpan.FromSeconds(parsed.GetValue(_wait) ?? 0),
        IfAbsent = parsed.GetValue(_ifAbsent),
        OnInterrupt = parsed.GetValue(_onInterrupt) ?? InterruptAction.Cancel,
    };

    /// <summary>Refuses these options where a job runs in this process.</summary>
    /// <exception cref="UsageException">One was given.</exception>
    public void RequireNone(ParseResult parsed)
    {
        Option[] options = [_name, _detached, _wait, _ifAbsent, _onInterrupt];
        string? given = _cluster.Given(parsed)
            ?? options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;
        if (given is not null)
        {
            throw new UsageException($"{given} is about a job of a cluster, and --local runs the job in this process: leave out one of them.");
        }
    }
}
