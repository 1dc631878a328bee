using QueryStream.Core.Time;

namespace QueryStream.Connectors.DataGen;

/// <summary>
/// The index, the event time and the random values of a generated row. Each call takes the next value of the row's own random sequence, so a row
/// depends only on its index, the seed and the order of the calls.
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

    /// <summary>The index of the row, from 0.</summary>
    public long Index { get; }

    /// <summary>The event time.</summary>
    public EventTime Time { get; }

    /// <summary>Consecutive numbers: <c>from + index × step</c>.</summary>
    public readonly long Sequence(long from = 0, long step = 1) => from + (Index * step);

    /// <summary>A random integer from <paramref name="min"/> to <paramref name="max"/>, both inclusive.</summary>
    public long Integer(long min, long max)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(min, max);
        ulong range = (ulong)(max - min);
        return range == ulong.MaxValue ? (long)Next() : min + (long)Math.BigMul(Next(), range + 1, out _);
    }

    /// <summary>A random number from <paramref name="min"/> to <paramref name="max"/>, the latter exclusive.</summary>
    public double Number(double min, double max) => min + ((Next() >> 11) * (1.0 / (1UL << 53)) * (max - min));

    /// <summary>A random decimal in a range, both ends inclusive, with this number of digits after the decimal point.</summary>
    public decimal Decimal(decimal min, decimal max, int digits = 2)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(min, max);
        return decimal.Clamp(decimal.Round(min + ((decimal)Number(0, 1) * (max - min)), digits), min, max);
    }

    /// <summary>True with this probability: 0.1 is one in ten rows.</summary>
    public bool Chance(double probability) => Number(0, 1) < probability;

    /// <summary>One of the values, each with the same probability.</summary>
    public TChoice Choice<TChoice>(params ReadOnlySpan<TChoice> choices) => choices[(int)Integer(0, choices.Length - 1)];

    // The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014): neighbouring rows get unrelated
    // states.
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
