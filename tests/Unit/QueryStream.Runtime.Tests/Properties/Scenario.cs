using System.Globalization;
using QueryStream.Core.Identity;
using QueryStream.Streams;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>What comes to a job, in which order. Durations and times are in milliseconds.</summary>
public sealed record Scenario
{
    public int Splits { get; init; } = 1;

    /// <summary>The size of the first window; that of the second is three times as much.</summary>
    public long Size { get; init; } = 1_000;

    public long OutOfOrderness { get; init; }

    public long Lateness { get; init; }

    public long? Early { get; init; }

    /// <summary>How many elements of a split a poll takes.</summary>
    public int ElementsPerPoll { get; init; } = 1;

    /// <summary>Decides the order of turns.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether each step waits until all is done that the one before made due.</summary>
    public bool RestsAlways { get; init; }

    public IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>The rows, numbered in order of arrival.</summary>
    public IReadOnlyList<Event> Events =>
        [.. Steps.Where(step => step.Kind == StepKind.Row).Select((step, index) => new Event(index + 1, step.Key, step.Value, step.Split))];

    /// <summary>Scenarios with fewer steps.</summary>
    public static IEnumerable<Scenario> Shrink(Scenario scenario)
    {
        for (int length = scenario.Steps.Count / 2; length > 0; length /= 2)
        {
            for (int start = 0; start + length <= scenario.Steps.Count; start += length)
            {
                yield return scenario with { Steps = [.. scenario.Steps.Take(start), .. scenario.Steps.Skip(start + length)] };
            }
        }
    }

    /// <summary>The same rows from one split, each taken before the next one comes: so that the watermark at each of them is known.</summary>
    public Scenario InOneSplit() => this with { RestsAlways = true, ElementsPerPoll = 1, Splits = 1, Steps = [.. Steps.Select(step => step with { Split = 0 })] };

    /// <summary>Gives windows the lateness and the early results of the scenario, and a name.</summary>
    internal WindowedStream<Event, int> Settings(WindowedStream<Event, int> windows) => windows
        .Lateness(TimeSpan.FromMilliseconds(Lateness))
        .Early(Early is { } early ? TimeSpan.FromMilliseconds(early) : null)
        .Named("windows");

    public override string ToString() =>
        $"splits {Splits}, size {Size}, out-of-orderness {OutOfOrderness}, lateness {Lateness}, early {Early?.ToString(CultureInfo.InvariantCulture) ?? "none"}, "
        + $"{ElementsPerPoll} a poll, seed {Seed}{(RestsAlways ? ", with rests" : "")}:\n  {string.Join("\n  ", Steps)}";
}

/// <summary>One thing that happens in a scenario.</summary>
/// <param name="Kind">What.</param>
/// <param name="Split">Of rows and proofs.</param>
/// <param name="Key">Of rows.</param>
/// <param name="Value">Of rows: the event time. Of turns: how many. Of the clock: by how many milliseconds.</param>
public readonly record struct Step(StepKind Kind, int Split = 0, int Key = 0, long Value = 0)
{
    public override string ToString() => Kind switch
    {
        StepKind.Row => $"Row(split {Split}, key {Key}, {Value})",
        StepKind.Turns => $"Turns({Value})",
        StepKind.Clock => $"Clock(+{Value})",
        StepKind.Proof => $"Proof(split {Split})",
        _ => "Rest",
    };
}

public enum StepKind
{
    /// <summary>A row comes.</summary>
    Row,

    /// <summary>Some turns are run, and not all that are due.</summary>
    Turns,

    /// <summary>All is run that is due.</summary>
    Rest,

    /// <summary>The clock goes on.</summary>
    Clock,

    /// <summary>It is proven that a split was read to its end.</summary>
    Proof,
}

/// <summary>A row of a scenario.</summary>
/// <param name="Id">From 1, in order of arrival; a sum of them tells rows from each other.</param>
/// <param name="Key">The key.</param>
/// <param name="Time">The event time.</param>
/// <param name="Split">The split that brings it.</param>
[StreamRecord]
public readonly record struct Event(long Id, int Key, long Time, int Split)
{
    public RecordPosition Position => new(Split, Id);
}
