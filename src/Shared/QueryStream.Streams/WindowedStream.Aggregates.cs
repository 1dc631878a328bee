using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams;

/// <content>Overloads for several aggregates.</content>
public sealed partial class WindowedStream<T, TKey>
{
    /// <summary>Aggregates with two aggregates at once.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, (R1, R2)> Aggregate<A1, R1, A2, R2>(
        Func<AggregateBuilder<T>, (Aggregate<T, A1, R1>, Aggregate<T, A2, R2>)> aggregates)
        where A1 : struct
        where A2 : struct
    {
        var parts = aggregates(default);
        return Aggregate(Combine.Of(parts.Item1, parts.Item2));
    }

    /// <summary>Aggregates with three aggregates at once.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, (R1, R2, R3)> Aggregate<A1, R1, A2, R2, A3, R3>(
        Func<AggregateBuilder<T>, (Aggregate<T, A1, R1>, Aggregate<T, A2, R2>, Aggregate<T, A3, R3>)> aggregates)
        where A1 : struct
        where A2 : struct
        where A3 : struct
    {
        var parts = aggregates(default);
        return Aggregate(Combine.Of(parts.Item1, parts.Item2, parts.Item3));
    }

    /// <summary>Aggregates with four aggregates at once.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, (R1, R2, R3, R4)> Aggregate<A1, R1, A2, R2, A3, R3, A4, R4>(
        Func<AggregateBuilder<T>, (Aggregate<T, A1, R1>, Aggregate<T, A2, R2>, Aggregate<T, A3, R3>, Aggregate<T, A4, R4>)> aggregates)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
    {
        var parts = aggregates(default);
        return Aggregate(Combine.Of(parts.Item1, parts.Item2, parts.Item3, parts.Item4));
    }

    /// <summary>Aggregates with five aggregates at once.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, (R1, R2, R3, R4, R5)> Aggregate<A1, R1, A2, R2, A3, R3, A4, R4, A5, R5>(
        Func<AggregateBuilder<T>,
            (Aggregate<T, A1, R1>, Aggregate<T, A2, R2>, Aggregate<T, A3, R3>, Aggregate<T, A4, R4>,
            Aggregate<T, A5, R5>)> aggregates)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
        where A5 : struct
    {
        var parts = aggregates(default);
        return Aggregate(Combine.Of(parts.Item1, parts.Item2, parts.Item3, parts.Item4, parts.Item5));
    }

    /// <summary>Aggregates with six aggregates at once.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, (R1, R2, R3, R4, R5, R6)> Aggregate<A1, R1, A2, R2, A3, R3, A4, R4, A5, R5, A6, R6>(
        Func<AggregateBuilder<T>,
            (Aggregate<T, A1, R1>, Aggregate<T, A2, R2>, Aggregate<T, A3, R3>, Aggregate<T, A4, R4>,
            Aggregate<T, A5, R5>, Aggregate<T, A6, R6>)> aggregates)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
        where A5 : struct
        where A6 : struct
    {
        var parts = aggregates(default);
        return Aggregate(Combine.Of(parts.Item1, parts.Item2, parts.Item3, parts.Item4, parts.Item5, parts.Item6));
    }

    /// <summary>Aggregates with seven aggregates at once.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, (R1, R2, R3, R4, R5, R6, R7)> Aggregate<A1, R1, A2, R2, A3, R3, A4, R4, A5, R5, A6, R6, A7, R7>(
        Func<AggregateBuilder<T>,
            (Aggregate<T, A1, R1>, Aggregate<T, A2, R2>, Aggregate<T, A3, R3>, Aggregate<T, A4, R4>,
            Aggregate<T, A5, R5>, Aggregate<T, A6, R6>, Aggregate<T, A7, R7>)> aggregates)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
        where A5 : struct
        where A6 : struct
        where A7 : struct
    {
        var parts = aggregates(default);
        return Aggregate(Combine.Of(parts.Item1, parts.Item2, parts.Item3, parts.Item4, parts.Item5, parts.Item6, parts.Item7));
    }

    /// <summary>Aggregates with eight aggregates at once.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, (R1, R2, R3, R4, R5, R6, R7, R8)> Aggregate<A1, R1, A2, R2, A3, R3, A4, R4, A5, R5, A6, R6, A7, R7, A8, R8>(
        Func<AggregateBuilder<T>,
            (Aggregate<T, A1, R1>, Aggregate<T, A2, R2>, Aggregate<T, A3, R3>, Aggregate<T, A4, R4>,
            Aggregate<T, A5, R5>, Aggregate<T, A6, R6>, Aggregate<T, A7, R7>, Aggregate<T, A8, R8>)> aggregates)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
        where A5 : struct
        where A6 : struct
        where A7 : struct
        where A8 : struct
    {
        var parts = aggregates(default);
        return Aggregate(Combine.Of(parts.Item1, parts.Item2, parts.Item3, parts.Item4, parts.Item5, parts.Item6, parts.Item7, parts.Item8));
    }
}
