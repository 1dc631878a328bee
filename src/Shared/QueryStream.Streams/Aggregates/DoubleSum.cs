namespace QueryStream.Streams.Aggregates;

/// <summary>
/// A compensated sum of doubles: the rounding errors of the additions are summed separately and added at the end (Sum2 in Ogita, Rump, Oishi,
/// "Accurate Sum and Dot Product", SIAM J. Sci. Comput. 26, 2005). With u = 2^-53 and n numbers, in any order and split into any partial sums:
/// <code>|result - exact| &lt;= u * |exact| + (2 * n * u)^2 * (sum of the absolute values)</code>
/// A sum that leaves the range of doubles continues at a smaller scale, so it may return, and its average is right. After a number that is not
/// finite, the total is NaN.
/// </summary>
internal struct DoubleSum
{
    // Half of the largest double: below it, no step of an addition overflows.
    private const double Limit = 8.98846567431158e307;
    private const double ScaleDown = 1.0 / ScaleUp;
    private const double ScaleUp = 18446744073709551616.0;

    /// <summary>The rounded sum.</summary>
    public double Sum;
    public double Error;

    /// <summary>Whether sum and error are divided by 2^64: then 2^63 doubles of any size cannot overflow.</summary>
    public bool IsScaled;

    /// <summary>Adds a number.</summary>
    public void Add(double value)
    {
        double sum = Sum + value;
        if (IsScaled || !(Math.Abs(sum) < Limit))
        {
            Scale();
            value *= ScaleDown;
            sum = Sum + value;
        }

        AddCompensated(value, sum);
    }

    /// <summary>Adds another sum.</summary>
    public void Add(DoubleSum other)
    {
        if (IsScaled || other.IsScaled || !(Math.Abs(Sum + other.Sum) < Limit))
        {
            Scale();
            other.Scale();
        }

        AddCompensated(other.Sum, Sum + other.Sum);
        Error += other.Error;
    }

    /// <summary>The total; null if it is not finite.</summary>
    public readonly double? Total() => FiniteOrNull(IsScaled ? (Sum + Error) * ScaleUp : Sum + Error);

    /// <summary>The total divided by a count; null if the quotient is not finite.</summary>
    public readonly double? DividedBy(long count) =>
        Total() is { } total ? total / count
        : IsScaled ? FiniteOrNull((Sum + Error) / count * ScaleUp)
        : null;

    private static double? FiniteOrNull(double value) => double.IsFinite(value) ? value : null;

    // Knuth's TwoSum: computes the exact rounding error of the addition.
    private void AddCompensated(double value, double sum)
    {
        double added = sum - Sum;
        Error += (Sum - (sum - added)) + (value - added);
        Sum = sum;
    }

    private void Scale()
    {
        if (!IsScaled)
        {
            (Sum, Error, IsScaled) = (Sum * ScaleDown, Error * ScaleDown, true);
        }
    }
}
