namespace QueryStream.JobSubmit.Chaos;

/// <summary>What is wrong with a row.</summary>
internal enum DifferenceKind
{
    /// <summary>It should be there, and is not.</summary>
    Missing,

    /// <summary>It is there more than once.</summary>
    Doubled,

    /// <summary>It has another content or place than it should have, or should not be there at all.</summary>
    Wrong,
}

/// <summary>The differences between what the job has written and what it should have. All are counted, the first ones are kept as text.</summary>
internal sealed class Differences
{
    private const int MaxLines = 20;

    private readonly long[] _counts = new long[Enum.GetValues<DifferenceKind>().Length];
    private readonly List<string> _lines = [];

    /// <summary>How many there are.</summary>
    public long Count => _counts.Sum();

    /// <summary>The first ones: kind, what, and where.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>How many of a kind there are.</summary>
    public long CountOf(DifferenceKind kind) => _counts[(int)kind];

    /// <summary>Adds one.</summary>
    public void Add(DifferenceKind kind, string what)
    {
        _counts[(int)kind]++;
        if (_lines.Count < MaxLines)
        {
            _lines.Add($"{kind.ToString().ToLowerInvariant()}: {what}");
        }
    }
}
