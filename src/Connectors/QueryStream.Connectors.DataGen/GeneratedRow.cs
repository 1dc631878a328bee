using QueryStream.Core;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.DataGen;

/// <summary>
/// The index, the event time and the random values of a generated row. Each call takes the next value of the row's own random sequence, so a row
/// depends only on its index, the seed and the order of the calls.
/// </summary>
public ref struct GeneratedRow
{
    private ulong _state;

    /// <summary>Creates the input of row <paramref name="index"/>.</summary>
    public GeneratedRow(long index, EventTime time, ulong seed)
    {
        Index = index;
        Time = time;
        ulong row = (ulong)index;
        _state = SeededRandom.Mix(seed ^ SeededRandom.Next(ref row)); // neighbouring rows get unrelated states
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

    private ulong Next() => SeededRandom.Next(ref _state);
}
