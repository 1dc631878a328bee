using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Streams.Aggregates;

/// <summary>The aggregates that come with QueryStream, for the rows of one stream: <c>.Aggregate(w => (w.Count(), w.Average(q => q.Time)))</c>.</summary>
/// <typeparam name="T">The rows.</typeparam>
public readonly struct AggregateBuilder<T>
{
    /// <summary>How many rows.</summary>
    public Aggregate<T, long, long> Count() => new CountAggregate<T>(null);

    /// <summary>How many rows that the condition holds for.</summary>
    public Aggregate<T, long, long> CountIf(Func<T, bool> condition) => new CountAggregate<T>(condition);

    /// <summary>How many distinct values, exactly; missing ones do not count.</summary>
    public Aggregate<T, DistinctState, long> CountDistinct(Func<T, Text> value) => new DistinctAggregate<T>(value);

    /// <summary>How many distinct values, exactly; null does not count. Equal as keys are: both zeros are one, and 1.0 is 1.00.</summary>
    /// <exception cref="JobDefinitionException">The type cannot be a key.</exception>
    public Aggregate<T, DistinctOfState<TValue>, long> CountDistinct<TValue>(Func<T, TValue> value)
    {
        KeyType<TValue>.Check();
        return new DistinctOfAggregate<T, TValue>(value);
    }

    /// <summary>The exact sum of the values that are there, or null. The job fails where the sum does not fit into 64 bits.</summary>
    public Aggregate<T, WholeState, long?> Sum(Func<T, long?> value) => new WholeAggregate<T, long>(value, static state => checked((long)state.Sum));

    /// <summary>The sum of the values that are there, or null: exact, as long as it has at most 28 digits.</summary>
    public Aggregate<T, DecimalState, decimal?> Sum(Func<T, decimal?> value) => new DecimalAggregate<T>(value, isAverage: false);

    /// <summary>The sum of the values that are there, or null. NaN is no value, here and below. The order of addition is not fixed: expect 1e-9 relative.</summary>
    public Aggregate<T, AverageState, double?> Sum(Func<T, double?> value) => new AverageAggregate<T>(value, isAverage: false);

    /// <summary>The average of the values that are there, or null: of the exact sum, rounded once.</summary>
    public Aggregate<T, WholeState, double?> Average(Func<T, long?> value) =>
        new WholeAggregate<T, double>(value, static state => (double)state.Sum / state.Count);

    /// <summary>The average of the values that are there, or null.</summary>
    public Aggregate<T, DecimalState, decimal?> Average(Func<T, decimal?> value) => new DecimalAggregate<T>(value, isAverage: true);

    /// <summary>The average of the values that are there, or null. The order of addition is not fixed: expect 1e-9 relative.</summary>
    public Aggregate<T, AverageState, double?> Average(Func<T, double?> value) => new AverageAggregate<T>(value, isAverage: true);

    /// <summary>The smallest of the values that are there, or null.</summary>
    public Aggregate<T, BestState<long>, long?> Min(Func<T, long?> value) => Extreme(value, sign: -1);

    /// <summary>The smallest of the values that are there, or null.</summary>
    public Aggregate<T, BestState<decimal>, decimal?> Min(Func<T, decimal?> value) => Extreme(value, sign: -1);

    /// <summary>The smallest of the values that are there, or null.</summary>
    public Aggregate<T, ExtremeState, double?> Min(Func<T, double?> value) => new ExtremeAggregate<T>(value, largest: false);

    /// <summary>The smallest of the values by their own order, of those that are not null; <c>default</c> where there are none.</summary>
    public Aggregate<T, BestState<TValue>, TValue?> MinOf<TValue>(Func<T, TValue> value)
        where TValue : IComparable<TValue> => ExtremeOf(value, sign: -1);

    /// <summary>The largest of the values that are there, or null.</summary>
    public Aggregate<T, BestState<long>, long?> Max(Func<T, long?> value) => Extreme(value, sign: 1);

    /// <summary>The largest of the values that are there, or null.</summary>
    public Aggregate<T, BestState<decimal>, decimal?> Max(Func<T, decimal?> value) => Extreme(value, sign: 1);

    /// <summary>The largest of the values that are there, or null.</summary>
    public Aggregate<T, ExtremeState, double?> Max(Func<T, double?> value) => new ExtremeAggregate<T>(value, largest: true);

    /// <summary>The largest of the values by their own order, of those that are not null; <c>default</c> where there are none.</summary>
    public Aggregate<T, BestState<TValue>, TValue?> MaxOf<TValue>(Func<T, TValue> value)
        where TValue : IComparable<TValue> => ExtremeOf(value, sign: 1);

    /// <summary>The value of the row that is first by event time, and of those of one time the one that came first.</summary>
    public Aggregate<T, EdgeState<TValue>, TValue?> First<TValue>(Func<T, TValue> value) => new EdgeAggregate<T, TValue>(value, isLast: false);

    /// <summary>The value of the row that is last by event time, and of those of one time the one that came last.</summary>
    public Aggregate<T, EdgeState<TValue>, TValue?> Last<TValue>(Func<T, TValue> value) => new EdgeAggregate<T, TValue>(value, isLast: true);

    /// <summary>The rows with the largest values, the largest first; of equal ones those that are earlier by event time, then by arrival.</summary>
    /// <param name="count">How many rows: 1 to 100,000.</param>
    /// <param name="by">What rows are ordered by.</param>
    /// <exception cref="JobDefinitionException">The count is out of its range.</exception>
    public Aggregate<T, TopState<T>, IReadOnlyList<T>> Top<TOrder>(int count, Func<T, TOrder> by)
        where TOrder : IComparable<TOrder> => new TopAggregate<T, TOrder>(CheckCount(count), by, sign: 1);

    /// <summary>The rows with the smallest values, the smallest first; of equal ones those that are earlier by event time, then by arrival.</summary>
    /// <param name="count">How many rows: 1 to 100,000.</param>
    /// <param name="by">What rows are ordered by.</param>
    /// <exception cref="JobDefinitionException">The count is out of its range.</exception>
    public Aggregate<T, TopState<T>, IReadOnlyList<T>> Bottom<TOrder>(int count, Func<T, TOrder> by)
        where TOrder : IComparable<TOrder> => new TopAggregate<T, TOrder>(CheckCount(count), by, sign: -1);

    /// <summary>All rows, in order of event time, and those of one time in order of arrival. All of them are kept until the window is gone.</summary>
    public Aggregate<T, RowList<T>, IReadOnlyList<T>> Collect() => new CollectAggregate<T>();

    /// <summary>The value at a nearest rank, of those that are there, or null: approximate, by a DDSketch (Masson, Rim, Lee, VLDB 2019), which merges without loss.</summary>
    /// <param name="value">The value.</param>
    /// <param name="quantile">Between 0 and 1: 0.95.</param>
    /// <param name="relativeError">How far off the answer may be, as a part of it.</param>
    /// <exception cref="JobDefinitionException">The quantile is not between 0 and 1, or the error not between 0.0001 and 0.5.</exception>
    public Aggregate<T, QuantileState, double?> Quantile(Func<T, double?> value, double quantile, double relativeError = 0.01)
    {
        if (quantile is not (>= 0 and <= 1))
        {
            throw new JobDefinitionException($"A quantile of {quantile} is not possible: it must be between 0 and 1.");
        }

        if (relativeError is not (>= 0.0001 and <= 0.5))
        {
            throw new JobDefinitionException($"A quantile within a relative error of {relativeError} is not possible: it must be between 0.0001 and 0.5.");
        }

        return new QuantileAggregate<T>(value, quantile, relativeError);
    }

    /// <summary>Rows by group, all groups in one result: for shares of a total.</summary>
    public Aggregate<T, GroupCountState, GroupCounts> CountBy(Func<T, Text> group) => new GroupCountAggregate<T>(group);

    private static BestAggregate<T, TValue, TValue?> Extreme<TValue>(Func<T, TValue?> value, int sign)
        where TValue : struct, IComparable<TValue> => new(
            row => value(row) is { } one ? (true, one) : default, sign, static state => state.HasValue ? state.Value : null);

    private static BestAggregate<T, TValue, TValue?> ExtremeOf<TValue>(Func<T, TValue> value, int sign)
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
        : throw new JobDefinitionException($"The foremost {count} rows are not possible: there must be 1 to 100,000.");
}
