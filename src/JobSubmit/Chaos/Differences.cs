namespace QueryStream.JobSubmit.Chaos;

/// <summary>How a row differs from the expected output.</summary>
internal enum DifferenceKind
{
    /// <summary>An expected row is missing.</summary>
    Missing,

    /// <summary>A row occurs more than once.</summary>
    Duplicate,

    /// <summary>A row has wrong content or a wrong position, or is not expected at all.</summary>
    Wrong,
}

/// <summary>The differences between the output and the expected output. All are counted; the first ones are kept as text.</summary>
internal sealed class Differences
{
    private const int MaxLines = 20;

    private readonly long[] _counts = new long[Enum.GetValues<DifferenceKind>().Length];
    private readonly List<string> _lines = [];

    /// <summary>The number of differences.</summary>
    public long Count => _counts.Sum();

    /// <summary>The first differences, with kind, row and place.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The number of differences of a kind.</summary>
    public long CountOf(DifferenceKind kind) => _counts[(int)kind];

    /// <summary>Adds a difference.</summary>
    public void Add(DifferenceKind kind, string what)
    {
        _counts[(int)kind]++;
        if (_lines.Count < MaxLines)
        {
            _lines.Add($"{kind.ToString().ToLowerInvariant()}: {what}");
        }
    }
}
