using QueryStream.Core.Errors;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams;

/// <summary>Rows grouped by key and window, waiting to be aggregated.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
public sealed class WindowedStream<T, TKey>
{
    private readonly Stream<T> _rows;
    private readonly Func<T, TKey> _key;
    private readonly Tumbling _windows;
    private readonly TimeSpan _lateness;
    private readonly TimeSpan? _early;
    private readonly string? _name;
    private readonly bool _twoPhase = true;

    internal WindowedStream(Stream<T> rows, Func<T, TKey> key, Tumbling windows)
        : this(rows, key, windows, TimeSpan.Zero, null, null, true)
    {
    }

    private WindowedStream(Stream<T> rows, Func<T, TKey> key, Tumbling windows, TimeSpan lateness, TimeSpan? early, string? name, bool twoPhase)
    {
        (_rows, _key, _windows, _lateness, _early, _name, _twoPhase) = (rows, key, windows, lateness, early, name, twoPhase);
    }

    /// <summary>How long after its close a window still takes rows and gives its result again; later rows go to the late output. 0 unless set.</summary>
    /// <exception cref="JobDefinitionException">Negative, or more than 10,000 days.</exception>
    public WindowedStream<T, TKey> Lateness(TimeSpan lateness)
    {
        if (lateness < TimeSpan.Zero || lateness > TimeSpan.FromDays(10_000))
        {
            throw new JobDefinitionException($"A lateness of {lateness} is not possible: it must be 0 to 10,000 days.");
        }

        return new WindowedStream<T, TKey>(_rows, _key, _windows, lateness, _early, _name, _twoPhase);
    }

    /// <summary>Gives a result of each changed open window every so often of the clock; null: only when it closes.</summary>
    /// <exception cref="JobDefinitionException">Less than 10 ms.</exception>
    public WindowedStream<T, TKey> Early(TimeSpan? interval)
    {
        if (interval < TimeSpan.FromMilliseconds(10))
        {
            throw new JobDefinitionException($"Early results every {interval} are not possible: the interval must be 10 ms or more.");
        }

        return new WindowedStream<T, TKey>(_rows, _key, _windows, _lateness, interval, _name, _twoPhase);
    }

    /// <summary>Names the operator, and with it its state.</summary>
    public WindowedStream<T, TKey> Named(string name) => new(_rows, _key, _windows, _lateness, _early, name, _twoPhase);

    /// <summary>Sends each row through the exchange instead of folding it first where it arises.</summary>
    public WindowedStream<T, TKey> OnePhase() => new(_rows, _key, _windows, _lateness, _early, _name, false);

    /// <summary>Folds the rows of each window and key.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, TOut> Aggregate<TAccumulator, TOut>(Aggregate<T, TAccumulator, TOut> aggregate)
        where TAccumulator : struct
    {
        WindowAggregation<T, TKey, TAccumulator, TOut> aggregation = new(
            _key, _windows, _lateness.Ticks / TimeSpan.TicksPerMillisecond, _early, aggregate);
        WindowNode<T, TKey, TAccumulator, TOut> node = new(_twoPhase ? TwoPhaseInputs(aggregation) : RowInputs(), aggregation);
        if (_name is not null)
        {
            node.Name = _name;
            node.HasExplicitName = true;
        }

        _rows.Job.Add(node);
        return new WindowStream<T, TKey, TOut>(_rows.Job, node.Results, node.Late);
    }

    /// <summary>Folds with one of the aggregates that come with QueryStream.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, TOut> Aggregate<TAccumulator, TOut>(Func<AggregateBuilder<T>, Aggregate<T, TAccumulator, TOut>> aggregate)
        where TAccumulator : struct => Aggregate(aggregate(default));

    /// <summary>Folds with two aggregates at once.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, (R1, R2)> Aggregate<A1, R1, A2, R2>(
        Func<AggregateBuilder<T>, (Aggregate<T, A1, R1>, Aggregate<T, A2, R2>)> aggregates)
        where A1 : struct
        where A2 : struct => Aggregate(Combine.Of(aggregates(default)));

    /// <summary>Folds with three aggregates at once.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, (R1, R2, R3)> Aggregate<A1, R1, A2, R2, A3, R3>(
        Func<AggregateBuilder<T>, (Aggregate<T, A1, R1>, Aggregate<T, A2, R2>, Aggregate<T, A3, R3>)> aggregates)
        where A1 : struct
        where A2 : struct
        where A3 : struct => Aggregate(Combine.Of(aggregates(default)));

    /// <summary>Folds with four aggregates at once.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, (R1, R2, R3, R4)> Aggregate<A1, R1, A2, R2, A3, R3, A4, R4>(
        Func<AggregateBuilder<T>, (Aggregate<T, A1, R1>, Aggregate<T, A2, R2>, Aggregate<T, A3, R3>, Aggregate<T, A4, R4>)> aggregates)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct => Aggregate(Combine.Of(aggregates(default)));

    /// <summary>Folds with five aggregates at once.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, (R1, R2, R3, R4, R5)> Aggregate<A1, R1, A2, R2, A3, R3, A4, R4, A5, R5>(
        Func<AggregateBuilder<T>, (Aggregate<T, A1, R1>, Aggregate<T, A2, R2>, Aggregate<T, A3, R3>, Aggregate<T, A4, R4>, Aggregate<T, A5, R5>)> aggregates)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
        where A5 : struct => Aggregate(Combine.Of(aggregates(default)));

    private NodeInput[] RowInputs() => _rows.Inputs(new SelectedKeyExchange<T, TKey>(_key), WindowNode<T, TKey, int, int>.RowsPort);

    private NodeInput[] TwoPhaseInputs<TAccumulator, TOut>(WindowAggregation<T, TKey, TAccumulator, TOut> aggregation)
        where TAccumulator : struct
    {
        LocalWindowNode<T, TKey, TAccumulator, TOut> local = _rows.Job.Add(
            new LocalWindowNode<T, TKey, TAccumulator, TOut>(_rows.Inputs(), aggregation));
        if (_name is not null)
        {
            local.Name = $"Local {_name}";
        }

        Aggregate<T, TAccumulator, TOut> aggregate = aggregation.Aggregate;
        PartialExchange<TKey, TAccumulator> partials = new(accumulator => aggregate.SizeOf(accumulator));
        return
        [
            new NodeInput(local.Partials, WindowNode<T, TKey, int, int>.PartialsPort, partials),
            new NodeInput(local.Rows, WindowNode<T, TKey, int, int>.RowsPort, new SelectedKeyExchange<T, TKey>(_key)),
        ];
    }
}
