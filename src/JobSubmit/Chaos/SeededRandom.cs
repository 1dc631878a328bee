namespace QueryStream.JobSubmit.Chaos;

/// <summary>Random numbers that a seed decides, the same ones with every version of .NET (SplitMix64). Used by one thread.</summary>
/// <param name="seed">The seed.</param>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 to below a limit.</summary>
    public int Below(int limit)
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)limit);
    }

    /// <summary>A duration from 0 to below a limit, in whole milliseconds.</summary>
    public TimeSpan Below(TimeSpan limit) => TimeSpan.FromMilliseconds(Below(Math.Max(1, (int)limit.TotalMilliseconds)));
}
