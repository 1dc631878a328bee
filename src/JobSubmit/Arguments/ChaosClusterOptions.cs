using System.CommandLine;
using QueryStream.JobSubmit.Chaos;
using QueryStream.JobSubmit.Chaos.Processes;
using QueryStream.JobSubmit.Chaos.Rounds;
using QueryStream.Worker;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>The options of <c>chaos</c> about its cluster. Created anew for each command.</summary>
internal sealed class ChaosClusterOptions
{
    private const int MaxCoordinators = 9;

    private readonly Option<int?> _workers = CommonOptions.Workers();

    private readonly Option<int?> _coordinators = CommonOptions.Number(
        "--coordinators", $"How many coordinators the cluster has. Unset: {ChaosRequest.CoordinatorsByDefault}", 1, MaxCoordinators);

    private readonly Option<int?> _slots = CommonOptions.Number(
        "--slots", "How many slots each worker has. Unset: enough for the job while one worker is missing", 1, WorkerOptions.MaxSlots);

    private readonly Option<FaultList?> _faults = new("--faults")
    {
        Description = $"What is done, separated by commas: some of {All}. Unset: all, outages only with --outage",
        HelpName = "FAULT,...",
        CustomParser = static result => CommonOptions.Parse<FaultList>(
            result, static text => FaultKinds.Parse(text) is { } kinds ? new FaultList(kinds) : null, $"some of {All}, each once"),
    };

    private readonly Option<string[]> _outages = new("--outage")
    {
        Description = "A program that takes away what the cluster needs when it is called with 'begin', and gives it back with 'end', some seconds "
            + "later. Once for each",
        HelpName = "NAME=PROGRAM",
    };

    private static string All => string.Join(',', FaultKinds.Named.Select(FaultKinds.NameOf));

    private Option[] Options => [_workers, _coordinators, _slots, _faults, _outages];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in Options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Adds what was given to a request.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="isLocal">Whether there is no cluster.</param>
    /// <param name="request">The request.</param>
    /// <exception cref="UsageException">An option is about a cluster, and there is none; or outages and faults contradict each other.</exception>
    public ChaosRequest ApplyTo(ParseResult parsed, bool isLocal, ChaosRequest request)
    {
        Option? given = Options.FirstOrDefault(option => parsed.GetResult(option) is not null);
        if (isLocal && given is not null)
        {
            throw new UsageException($"{given.Name} is about a cluster: leave out --local, or {given.Name}.");
        }

        OutageScript[] outages = [.. (parsed.GetValue(_outages) ?? []).Select(text => OutageScript.Parse(text)
            ?? throw new UsageException($"Option '{_outages.Name}': '{text}' is not allowed. Allowed: NAME=PROGRAM, of a program that exists."))];
        IReadOnlyList<FaultKind> faults = parsed.GetValue(_faults)?.Kinds ?? (outages.Length > 0 ? FaultKinds.Named : request.Faults);
        if (faults.Contains(FaultKind.Outage) != outages.Length > 0)
        {
            throw new UsageException($"{_faults.Name} has 'outage' where {_outages.Name} says of what: give both, or none.");
        }

        return request with
        {
            IsLocal = isLocal,
            Outages = outages,
            Workers = parsed.GetValue(_workers) ?? request.Workers,
            Coordinators = parsed.GetValue(_coordinators) ?? request.Coordinators,
            Slots = parsed.GetValue(_slots),
            Faults = faults,
        };
    }

    // A value, as the parser of options wants it.
    private readonly record struct FaultList(IReadOnlyList<FaultKind> Kinds);
}
