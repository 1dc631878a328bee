using QueryStream.Simulation.Faults;
using QueryStream.Simulation.Services;
using QueryStream.Streams;

namespace QueryStream.Simulation.Graphs;

/// <summary>A part of a job between its sources and one sink, and what it must emit.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Build">Builds it. The rows are texts: a name, and if it has one, its value behind "=".</param>
/// <param name="Expect">
/// Computes the rows in another way. Of rows of one name, the last one is final. Rows that <paramref name="Build"/> reports as late
/// (<see cref="Lines.Late"/>) are in neither.
/// </param>
internal sealed record Branch(string Name, Func<BranchInputs, Stream<string>> Build, Func<BranchRows, IEnumerable<string>> Expect)
{
    /// <summary>Whether each name has one final value, so that it can be upserted.</summary>
    public bool IsUpsertable { get; init; } = true;

    /// <summary>
    /// Whether a value that was found, the second one, is at least the expected one if rows may be processed twice. Null: that cannot be said.
    /// </summary>
    public Func<string, string, bool>? Covers { get; init; }

    /// <summary>Whether it emits values before they are final, whose number depends on the timing.</summary>
    public bool IsUpsertOnly { get; init; }

    /// <summary>Whether it needs the clock to pass before the job ends.</summary>
    public bool NeedsClock { get; init; }

    /// <summary>Whether which rows are late depends on the timing, so that a repeated row may be late when it was not before.</summary>
    public bool HasLateRows { get; init; }
}

/// <summary>The inputs of a branch.</summary>
/// <param name="Left">The rows of the first topic.</param>
/// <param name="Right">The rows of the second topic.</param>
/// <param name="Service">An external system.</param>
/// <param name="Name">The name of the branch, unique in the job.</param>
internal sealed record BranchInputs(Stream<Event> Left, Stream<Event> Right, AsyncService Service, string Name);

/// <summary>The rows that a branch has got, except those that it has reported as late.</summary>
internal sealed record BranchRows(IReadOnlyList<Event> Left, IReadOnlyList<Event> Right);

/// <summary>How results are written.</summary>
internal static class Lines
{
    private const string LatePrefix = "late ";

    public static string Late(long id) => $"{LatePrefix}{id}";

    public static bool IsLate(string line) => line.StartsWith(LatePrefix, StringComparison.Ordinal);

    public static long LateId(string line) => long.Parse(line.AsSpan(LatePrefix.Length), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether a value begins with a number that is not smaller than that of another, and ends as that.</summary>
    public static bool IsAtLeast(string expected, string found) => NumberOf(found) >= NumberOf(expected) && RestOf(found) == RestOf(expected);

    /// <summary>Whether a value begins with a number that is not smaller than that of another.</summary>
    public static bool BeginsAtLeast(string expected, string found) => NumberOf(found) >= NumberOf(expected);

    public static string NameOf(string line) => line.IndexOf('=', StringComparison.Ordinal) is >= 0 and int at ? line[..at] : line;

    public static string ValueOf(string line) => line.IndexOf('=', StringComparison.Ordinal) is >= 0 and int at ? line[(at + 1)..] : "";

    private static long NumberOf(string value) =>
        long.Parse(value.AsSpan(0, DigitsOf(value)), System.Globalization.CultureInfo.InvariantCulture);

    private static string RestOf(string value) => value[DigitsOf(value)..];

    private static int DigitsOf(string value) => value.AsSpan().IndexOfAnyExceptInRange('0', '9') is >= 0 and int at ? at : value.Length;
}

/// <summary>A function that throws when the simulation says so.</summary>
internal static class TaskCrash
{
    public static Event Pass(ActiveFaults faults, in Event row)
    {
        if (faults.RowsUntilFailure is { } rows)
        {
            faults.RowsUntilFailure = rows - 1;
            if (rows <= 0)
            {
                faults.RowsUntilFailure = null;
                faults.Happened(FaultKind.TaskCrash);
                throw new SimulatedFailureException();
            }
        }

        return row;
    }
}

/// <summary>What a function of a simulated job throws.</summary>
internal sealed class SimulatedFailureException() : Exception("A simulated function has failed.");
