using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Streams.Aggregates;

/// <summary>
/// The built-in aggregates: <c>.Aggregate(w => (w.Count(), w.Average(q => q.Time)))</c>. None fails for values that it accepts: a sum or average that
/// does not fit its type is null. Strings are ordered by UTF-16 code units, so results are the same on every machine.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public readonly struct AggregateBuilder<T>
{
    /// <summary>The number of rows.</summary>
    public Aggregate<T, long, long> Count() => new CountAggregate<T>(null);

    /// <summary>The number of rows that meet the condition.</summary>
    public Aggregate<T, long, long> CountIf(Func<T, bool> condition) => new CountAggregate<T>(condition);

    /// <summary>The exact number of distinct texts. Missing texts do not count.</summary>
    public Aggregate<T, DistinctTextState, long> CountDistinct(Func<T, Text> value) => new CountDistinctTextAggregate<T>(value);

    /// <summary>The exact number of distinct values, compared like keys: 0.0 equals −0.0, and 1.0m equals 1.00m. Null does not count.</summary>
    /// <exception cref="JobDefinitionException">The type cannot be a key.</exception>
    public Aggregate<T, DistinctState<TValue>, long> CountDistinct<TValue>(Func<T, TValue> value)
    {
        KeyType<TValue>.Check();
        return new CountDistinctAggregate<T, TValue>(value);
    }

    /// <summary>The exact sum of the values that are not null. Null if there are none, or if the sum does not fit into 64 bits.</summary>
    public Aggregate<T, IntegerSumState, long?> Sum(Func<T, long?> value) =>
        new IntegerSumAggregate<T, long>(value, static state => state.Sum >= long.MinValue && state.Sum <= long.MaxValue ? (long)state.Sum : null);

    /// <summary>
    /// The sum of the values that are not null, exact up to 28 digits. Null if there are none, or if the sum does not fit into a decimal.
    /// </summary>
    public Aggregate<T, DecimalSumState, decimal?> Sum(Func<T, decimal?> value) => new DecimalSumAggregate<T>(value, isAverage: false);

    /// <summary>
    /// The sum of the values that are neither null nor NaN. Null if there are none, or if the sum is not finite. Compensated: the error is at most
    /// 2^-53 times the exact sum plus (n * 2^-52)^2 times the sum of the absolute values, for n values. So the sum of 1e16, 1 and -1e16 is 1.
    /// </summary>
    public Aggregate<T, DoubleSumState, double?> Sum(Func<T, double?> value) => new DoubleSumAggregate<T>(value, isAverage: false);

    /// <summary>The exact sum of the values that are not null, divided by their number as doubles. Null if there are none.</summary>
    public Aggregate<T, IntegerSumState, double?> Average(Func<T, long?> value) =>
        new IntegerSumAggregate<T, double>(value, static state => (double)state.Sum / state.Count);

    /// <summary>The average of the values that are not null. Null if there are none.</summary>
    public Aggregate<T, DecimalSumState, decimal?> Average(Func<T, decimal?> value) => new DecimalSumAggregate<T>(value, isAverage: true);

    /// <summary>
    /// The average of the values that are neither null nor NaN. The sum behind it is as exact as <see cref="Sum(Func{T, double?})"/>, and may leave
    /// the range of doubles. Null if there are no values, or if the average is not finite.
    /// </summary>
    public Aggregate<T, DoubleSumState, double?> Average(Func<T, double?> value) => new DoubleSumAggregate<T>(value, isAverage: true);

    /// <summary>The smallest value that is not null. Null if there is none.</summary>
    public Aggregate<T, MinMaxState<long>, long?> Min(Func<T, long?> value) => MinMax(value, sign: -1);

    /// <summary>The smallest value that is not null. Null if there is none.</summary>
    public Aggregate<T, MinMaxState<decimal>, decimal?> Min(Func<T, decimal?> value) => MinMax(value, sign: -1);

    /// <summary>The smallest value that is neither null nor NaN. Null if there is none.</summary>
    public Aggregate<T, DoubleMinMaxState, double?> Min(Func<T, double?> value) => new DoubleMinMaxAggregate<T>(value, isMax: false);

    /// <summary>The smallest value that is not null, by its natural order; <c>default</c> if there is none.</summary>
    public Aggregate<T, MinMaxState<TValue>, TValue?> MinOf<TValue>(Func<T, TValue> value)
        where TValue : IComparable<TValue> => MinMaxOf(value, sign: -1);

    /// <summary>The largest value that is not null. Null if there is none.</summary>
    public Aggregate<T, MinMaxState<long>, long?> Max(Func<T, long?> value) => MinMax(value, sign: 1);

    /// <summary>The largest value that is not null. Null if there is none.</summary>
    public Aggregate<T, MinMaxState<decimal>, decimal?> Max(Func<T, decimal?> value) => MinMax(value, sign: 1);

    /// <summary>The largest value that is neither null nor NaN. Null if there is none.</summary>
    public Aggregate<T, DoubleMinMaxState, double?> Max(Func<T, double?> value) => new DoubleMinMaxAggregate<T>(value, isMax: true);

    /// <summary>The largest value that is not null, by its natural order; <c>default</c> if there is none.</summary>
    public Aggregate<T, MinMaxState<TValue>, TValue?> MaxOf<TValue>(Func<T, TValue> value)
        where TValue : IComparable<TValue> => MinMaxOf(value, sign: 1);

    /// <summary>
    /// The value of the first row by event time; among rows of the same time, of the one that arrived first. <c>default</c> without rows, which only
    /// happens in state whose <c>HasValue</c> is false.
    /// </summary>
    public Aggregate<T, FirstLastState<TValue>, TValue> First<TValue>(Func<T, TValue> value) =>
        new FirstLastAggregate<T, TValue>(value, isLast: false);

    /// <summary>
    /// The value of the last row by event time; among rows of the same time, of the one that arrived last. <c>default</c> without rows, which only
    /// happens in state whose <c>HasValue</c> is false.
    /// </summary>
    public Aggregate<T, FirstLastState<TValue>, TValue> Last<TValue>(Func<T, TValue> value) => new FirstLastAggregate<T, TValue>(value, isLast: true);

    /// <summary>
    /// The rows with the largest values, the largest first. Rows with equal values are ordered by event time, then by arrival. The order of arrival
    /// is not fixed between subtasks that pre-aggregate rows before the exchange.
    /// </summary>
    /// <param name="count">The number of rows: 1 to 100,000.</param>
    /// <param name="by">The value to order rows by.</param>
    /// <exception cref="JobDefinitionException">The count is out of range.</exception>
    public Aggregate<T, TopState<T>, IReadOnlyList<T>> Top<TOrder>(int count, Func<T, TOrder> by)
        where TOrder : IComparable<TOrder> => new TopAggregate<T, TOrder>(CheckCount(count), by, sign: 1);

    /// <summary>The rows with the smallest values, the smallest first. Ties are ordered as in <see cref="Top{TOrder}"/>.</summary>
    /// <param name="count">The number of rows: 1 to 100,000.</param>
    /// <param name="by">The value to order rows by.</param>
    /// <exception cref="JobDefinitionException">The count is out of range.</exception>
    public Aggregate<T, TopState<T>, IReadOnlyList<T>> Bottom<TOrder>(int count, Func<T, TOrder> by)
        where TOrder : IComparable<TOrder> => new TopAggregate<T, TOrder>(CheckCount(count), by, sign: -1);

    /// <summary>All rows, ordered by event time, then by arrival. They are kept until the window is removed.</summary>
    public Aggregate<T, RowList<T>, IReadOnlyList<T>> Collect() => new CollectAggregate<T>();

    /// <summary>
    /// An approximate quantile, by nearest rank, of the values that are neither null nor NaN. Null if there are none. Uses a DDSketch (Masson, Rim,
    /// Lee, VLDB 2019), which merges without loss.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="quantile">From 0 to 1; 0.95 is the 95th percentile.</param>
    /// <param name="relativeError">The maximum error relative to the result: 0.0001 to 0.5.</param>
    /// <exception cref="JobDefinitionException">The quantile is not between 0 and 1, or the error not between 0.0001 and 0.5.</exception>
    public Aggregate<T, QuantileState, double?> Quantile(Func<T, double?> value, double quantile, double relativeError = 0.01)
    {
        if (quantile is not (>= 0 and <= 1))
        {
            throw new JobDefinitionException($"A quantile of {quantile} is not possible: it must be between 0 and 1.");
        }

        if (relativeError is not (>= 0.0001 and <= 0.5))
        {
            throw new JobDefinitionException(
                $"A quantile within a relative error of {relativeError} is not possible: it must be between 0.0001 and 0.5.");
        }

        return new QuantileAggregate<T>(value, quantile, relativeError);
    }

    /// <summary>The number of rows of each group, with all groups in one result: for shares of a total.</summary>
    public Aggregate<T, GroupCountState, GroupCounts> CountBy(Func<T, Text> group) => new GroupCountAggregate<T>(group);

    private static MinMaxAggregate<T, TValue, TValue?> MinMax<TValue>(Func<T, TValue?> value, int sign)
        where TValue : struct, IComparable<TValue> => new(
            row => value(row) is { } one ? (true, one) : default, sign, static state => state.HasValue ? state.Value : null);

    private static MinMaxAggregate<T, TValue, TValue?> MinMaxOf<TValue>(Func<T, TValue> value, int sign)
        where TValue : IComparable<TValue> => new(
            row =>
            {
                TValue one = value(row);
                return (one is not null, one);
            },
            sign,
            static state => state.Value);

    private static int CheckCount(int count) => count is >= 1 and <= 100_000
        ? count
        : throw new JobDefinitionException($"The top {count} rows are not possible: there must be 1 to 100,000.");
}
