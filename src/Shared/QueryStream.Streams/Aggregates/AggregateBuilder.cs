using QueryStream.Core.Errors;
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

    /// <summary>The average of the values that are there, or null. NaN is no value, here and below. The order of addition is not fixed: expect 1e-9 relative.</summary>
    public Aggregate<T, AverageState, double?> Average(Func<T, double?> value) => new AverageAggregate<T>(value);

    /// <summary>The smallest of the values that are there, or null.</summary>
    public Aggregate<T, ExtremeState, double?> Min(Func<T, double?> value) => new ExtremeAggregate<T>(value, largest: false);

    /// <summary>The largest of the values that are there, or null.</summary>
    public Aggregate<T, ExtremeState, double?> Max(Func<T, double?> value) => new ExtremeAggregate<T>(value, largest: true);

    /// <summary>The value at a nearest rank, of those that are there, or null.</summary>
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
}
