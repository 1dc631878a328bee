using QueryStream.Core.Time;

namespace QueryStream.Connectors.DataGen;

/// <summary>
/// The number, the time and the random values of a generated row. Each random call takes the next value of the row's own sequence, so a row depends
/// on its number, the seed and the order of these calls only.
/// </summary>
public ref struct GeneratedRow
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>Creates the input of row <paramref name="index"/>.</summary>
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

    /// <summary>Consecutive numbers: <c>from + index × step</c>.</summary>
    public readonly long Sequence(long from = 0, long step = 1) => from + (Index * step);

    /// <summary>An integer in a range, both ends included.</summary>
    public long Integer(long min, long max)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(min, max);
        ulong range = (ulong)(max - min);
        return range == ulong.MaxValue ? (long)Next() : min + (long)Math.BigMul(Next(), range + 1, out _);
    }

    /// <summary>A number in a range, its upper end excluded.</summary>
    public double Number(double min, double max) => min + ((Next() >> 11) * (1.0 / (1UL << 53)) * (max - min));

    /// <summary>A decimal in a range, both ends included, with this number of digits behind the point.</summary>
    public decimal Decimal(decimal min, decimal max, int digits = 2)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(min, max);
        return decimal.Clamp(decimal.Round(min + ((decimal)Number(0, 1) * (max - min)), digits), min, max);
    }

    /// <summary>True with this probability: 0.1 is one in ten.</summary>
    public bool Chance(double probability) => Number(0, 1) < probability;

    /// <summary>One of these, each with the same probability.</summary>
    public TChoice Choice<TChoice>(params ReadOnlySpan<TChoice> choices) => choices[(int)Integer(0, choices.Length - 1)];

    // SplitMix64: the states of neighbouring rows are unrelated.
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
