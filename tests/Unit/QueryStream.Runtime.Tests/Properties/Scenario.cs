using System.Globalization;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>The input of a job, in order. Durations and times are in milliseconds.</summary>
public sealed record Scenario
{
    public int Splits { get; init; } = 1;

    /// <summary>The size of the first window. The second one is three times as large.</summary>
    public long Size { get; init; } = 1_000;

    public long OutOfOrderness { get; init; }

    public long Lateness { get; init; }

    public long? Early { get; init; }

    /// <summary>The maximum number of elements that a poll takes from a split.</summary>
    public int ElementsPerPoll { get; init; } = 1;

    /// <summary>Determines the order of turns.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether the job runs until it is idle after each step.</summary>
    public bool RestsAlways { get; init; }

    public IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>The rows, numbered in order of arrival.</summary>
    public IReadOnlyList<Event> Events =>
        [.. Steps.Where(step => step.Kind == StepKind.Row).Select((step, index) => step.RowOf(index + 1))];

    /// <summary>Shrinks a scenario to ones with fewer steps.</summary>
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

    /// <summary>The same rows in one split, each processed before the next one, so that the watermark at each row is known.</summary>
    public Scenario InOneSplit() =>
        this with { RestsAlways = true, ElementsPerPoll = 1, Splits = 1, Steps = [.. Steps.Select(step => step with { Split = 0 })] };

    /// <summary>Sets the lateness, the early results and the name of windows.</summary>
    internal WindowedStream<Event, int> Settings(WindowedStream<Event, int> windows) => windows
        .Lateness(TimeSpan.FromMilliseconds(Lateness))
        .Early(Early is { } early ? TimeSpan.FromMilliseconds(early) : null)
        .Named("windows");

    public override string ToString() =>
        $"splits {Splits}, size {Size}, out-of-orderness {OutOfOrderness}, lateness {Lateness}, "
        + $"early {Early?.ToString(CultureInfo.InvariantCulture) ?? "none"}, "
        + $"{ElementsPerPoll} a poll, seed {Seed}{(RestsAlways ? ", with rests" : "")}:\n  {string.Join("\n  ", Steps)}";
}

/// <summary>One step of a scenario.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Split">The split of a row or proof.</param>
/// <param name="Key">The key of a row.</param>
/// <param name="Value">The event time of a row, the number of turns, or the milliseconds by which the clock advances.</param>
public readonly record struct Step(StepKind Kind, int Split = 0, int Key = 0, long Value = 0)
{
    /// <summary>The row of a step of kind <see cref="StepKind.Row"/>.</summary>
    public Event RowOf(long id) => new(id, Key, Value, Split);

    /// <summary>Applies the step to a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="source">The source with the split.</param>
    /// <param name="id">The number of rows so far, which is the id of the last one.</param>
    internal void Apply(JobHarness job, HarnessSource<Event> source, ref long id)
    {
        switch (Kind)
        {
            case StepKind.Row:
                source.Push(RowOf(++id), Value, Split);
                break;
            case StepKind.Turns:
                job.Run((int)Value);
                break;
            case StepKind.Clock:
                job.Advance(TimeSpan.FromMilliseconds(Value));
                break;
            case StepKind.Proof:
                source.ConfirmEnd(job.Clock, Split);
                break;
            default:
                job.Run();
                break;
        }
    }

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
    /// <summary>A row arrives.</summary>
    Row,

    /// <summary>A number of turns run.</summary>
    Turns,

    /// <summary>The job runs until it is idle.</summary>
    Rest,

    /// <summary>The clock advances.</summary>
    Clock,

    /// <summary>A split is proven to be read to its end.</summary>
    Proof,
}

/// <summary>A row of a scenario.</summary>
/// <param name="Id">From 1, in order of arrival.</param>
/// <param name="Key">The key.</param>
/// <param name="Time">The event time.</param>
/// <param name="Split">The split that brings it.</param>
[StreamRecord]
public readonly record struct Event(long Id, int Key, long Time, int Split)
{
    public RecordPosition Position => new(Split, Id);
}
