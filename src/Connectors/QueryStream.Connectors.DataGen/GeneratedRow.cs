using QueryStream.Core.Time;

namespace QueryStream.Connectors.DataGen;

/// <summary>
/// What a generated row is made of. Each call that is random takes the next value of the row's own sequence, so that rows depend on the order of the
/// calls in the generator, and on nothing that happens between them.
/// </summary>
public ref struct GeneratedRow
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>Creates what row <paramref name="index"/> is made of.</summary>
    public GeneratedRow(long index, EventTime time, ulong seed)
    {
        Index = index;
        Time = time;
        _state = Mix(seed ^ Mix((ulong)index + Golden));
    }

    /// <summary>The number of the row, from 0.</summary>
    public long Index { get; }

    /// <summary>Its event time.</summary>
    public EventTime Time { get; }

    /// <summary>Numbers that follow each other: <c>from + index × step</c>.</summary>
    public readonly long Sequence(long from = 0, long step = 1) => from + (Index * step);

    /// <summary>A whole number of a range, both ends included.</summary>
    public long Integer(long least, long most)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(least, most);
        ulong range = (ulong)(most - least);
        return range == ulong.MaxValue ? (long)Next() : least + (long)Math.BigMul(Next(), range + 1, out _);
    }

    /// <summary>A number of a range, its upper end excluded.</summary>
    public double Number(double least, double below) => least + ((Next() >> 11) * (1.0 / (1UL << 53)) * (below - least));

    /// <summary>A decimal of a range, both ends included, with that many digits behind the point.</summary>
    public decimal Decimal(decimal least, decimal most, int digits = 2)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(least, most);
        return decimal.Clamp(decimal.Round(least + ((decimal)Number(0, 1) * (most - least)), digits), least, most);
    }

    /// <summary>True that often: 0.1 is one in ten.</summary>
    public bool Chance(double probability) => Number(0, 1) < probability;

    /// <summary>One of these, all equally often.</summary>
    public TChoice Choice<TChoice>(params ReadOnlySpan<TChoice> choices) => choices[(int)Integer(0, choices.Length - 1)];

    // SplitMix64: every state is another number, so that neighbouring rows have nothing in common.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private ulong Next()
    {
        _state += Golden;
        return Mix(_state);
    }
}
