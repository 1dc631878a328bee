using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams;

/// <summary>Rows grouped by key and window, to be aggregated or processed.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
public sealed partial class WindowedStream<T, TKey>
{
    private readonly Stream<T> _rows;
    private readonly Func<T, TKey> _key;

    internal WindowedStream(Stream<T> rows, Func<T, TKey> key, params IReadOnlyList<Windowing> windows)
    {
        _rows = rows;
        _key = key;
        Settings = new WindowSettings(windows);
    }

    // A copy with other rows, for which initializers change settings.
    private WindowedStream(WindowedStream<T, TKey> other, Stream<T> rows)
    {
        _rows = rows;
        _key = other._key;
        Settings = other.Settings;
        Name = other.Name;
        IsTwoPhase = other.IsTwoPhase;
        Policy = other.Policy;
        RowCheck = other.RowCheck;
        CustomTrigger = other.CustomTrigger;
        CustomEvictor = other.CustomEvictor;
    }

    private WindowSettings Settings { get; init; }

    private string? Name { get; init; }

    private bool IsTwoPhase { get; init; } = true;

    private ErrorPolicy Policy { get; init; }

    // Removes rows that cannot be aggregated; null: they fail the job.
    private RowCheckNode<T>? RowCheck { get; init; }

    /// <summary>
    /// Sets how long after its end a window still accepts rows and updates its result. Later rows go to the late output. The default is 0.
    /// </summary>
    /// <exception cref="JobDefinitionException">Negative, or more than 10,000 days.</exception>
    public WindowedStream<T, TKey> Lateness(TimeSpan lateness)
    {
        if (lateness < TimeSpan.Zero || lateness > TimeSpan.FromDays(10_000))
        {
            throw new JobDefinitionException($"A lateness of {lateness} is not possible: it must be 0 to 10,000 days.");
        }

        return new WindowedStream<T, TKey>(this, _rows) { Settings = Settings with { Lateness = lateness.Ticks / TimeSpan.TicksPerMillisecond } };
    }

    /// <summary>Emits early results of changed open windows at an interval of the clock; null: none.</summary>
    /// <exception cref="JobDefinitionException">Less than 10 ms, or more than 24 days.</exception>
    public WindowedStream<T, TKey> Early(TimeSpan? interval)
    {
        if (interval < TimeSpan.FromMilliseconds(10) || interval > TimeSpan.FromDays(24))
        {
            throw new JobDefinitionException($"Early results every {interval} are not possible: the interval must be 10 ms to 24 days.");
        }

        return new WindowedStream<T, TKey>(this, _rows) { Settings = Settings with { EarlyInterval = interval } };
    }

    /// <summary>
    /// Uses processing time: a row gets the clock time of its arrival at the operator, and the clock closes windows. No row is late. The end of the
    /// input closes all windows.
    /// </summary>
    public WindowedStream<T, TKey> ProcessingTime() => new(this, _rows) { Settings = Settings with { IsProcessingTime = true } };

    /// <summary>Sets the operator's name, which identifies its state.</summary>
    /// <exception cref="JobDefinitionException">The name is empty.</exception>
    public WindowedStream<T, TKey> Named(string name) => new(this, _rows) { Name = StreamBuilder.RequireName(name, "A window") };

    /// <summary>Sends each row through the exchange, instead of pre-aggregating rows before it.</summary>
    public WindowedStream<T, TKey> OnePhase() => new(this, _rows) { IsTwoPhase = false };

    /// <summary>
    /// Sets what happens to a row for which a function of an aggregate throws, independent of other rows. A policy other than
    /// <see cref="ErrorPolicy.Fail"/> adds each row twice. Exceptions that depend on other rows, or are thrown for a result, always fail the job.
    /// </summary>
    /// <exception cref="JobDefinitionException">The policy is not defined.</exception>
    public WindowedStream<T, TKey> OnError(ErrorPolicy policy) => Enum.IsDefined(policy)
        ? new WindowedStream<T, TKey>(this, _rows) { Policy = policy }
        : throw new JobDefinitionException($"Windows: {policy} is not an error policy.");

    /// <summary>Aggregates the rows of each window and key.</summary>
    /// <exception cref="JobDefinitionException">The settings of the windows contradict each other, or the accumulator has no codec.</exception>
    [StatefulOperator]
    public WindowStream<T, TKey, TOut> Aggregate<TAccumulator, TOut>(Aggregate<T, TAccumulator, TOut> aggregate)
        where TAccumulator : struct
    {
        CheckSettings();
        if (Policy != ErrorPolicy.Fail)
        {
            return Checked(aggregate.Check).Aggregate(aggregate);
        }

        if (KeepsRows)
        {
            return AggregateRows(aggregate);
        }

        if (!aggregate.IsMergeable && Settings.Windows is not [Tumbling or Global])
        {
            return Add(new BufferingAggregate<T, TAccumulator, TOut>(aggregate), isTwoPhase: false);
        }

        bool isTwoPhase = aggregate.IsMergeable && IsTwoPhase && !Settings.IsProcessingTime && Settings.Windows[0] is AlignedWindows;
        return Add(aggregate, isTwoPhase);
    }

    /// <summary>Aggregates the rows with a built-in aggregate.</summary>
    [StatefulOperator]
    public WindowStream<T, TKey, TOut> Aggregate<TAccumulator, TOut>(Func<AggregateBuilder<T>, Aggregate<T, TAccumulator, TOut>> aggregate)
        where TAccumulator : struct => Aggregate(aggregate(default));

    /// <summary>
    /// Reduces the rows of each window and key to one row, two at a time. Rows have any order and are reduced in parts, so the function must be
    /// associative and commutative.
    /// </summary>
    /// <param name="reduce">Combines two rows.</param>
    /// <exception cref="JobDefinitionException"><see cref="OnError"/> was called: no single row is at fault if two cannot be combined.</exception>
    [StatefulOperator]
    public WindowStream<T, TKey, T> Reduce(Func<T, T, T> reduce) => Policy == ErrorPolicy.Fail
        ? Aggregate(new ReduceAggregate<T>(reduce))
        : throw new JobDefinitionException(
            "Reduce does not support OnError: it combines two rows, so no single row is at fault. Check the rows before, in a Map.");

    private WindowedStream<T, TKey> Checked(RowCheck<T> check)
    {
        RowCheckNode<T> node = _rows.Job.Add(new RowCheckNode<T>("FoldCheck", _rows.Inputs(), check));
        node.ErrorPolicy = Policy;
        if (Name is not null)
        {
            node.Name = $"Check {Name}";
        }

        return new WindowedStream<T, TKey>(this, new Stream<T>(_rows.Job, node.Rows)) { Policy = ErrorPolicy.Fail, RowCheck = node };
    }

    private void CheckSettings()
    {
        if (Settings is { IsProcessingTime: true, Lateness: > 0 })
        {
            string lateness = Durations.Format(TimeSpan.FromMilliseconds(Settings.Lateness));
            throw new JobDefinitionException(
                $"A lateness of {lateness} is not possible in processing time, where no row is late: remove Lateness.");
        }

        if (Settings.Windows[0] is Global && (Settings.Lateness > 0 || Settings.EarlyInterval is not null))
        {
            throw new JobDefinitionException(
                $"{Settings.Windows[0]} cannot have a lateness or early results: only the number of rows makes it fire. "
                + "Remove Lateness and Early.");
        }
    }

    private WindowStream<T, TKey, TOut> Add<TAccumulator, TOut>(Aggregate<T, TAccumulator, TOut> aggregate, bool isTwoPhase)
        where TAccumulator : struct
    {
        Codec<TAccumulator>.Check();
        WindowAggregation<T, TKey, TAccumulator, TOut> aggregation = new(_key, Settings, aggregate);
        WindowNode<T, TKey, TAccumulator, TOut> node = new(isTwoPhase ? TwoPhaseInputs(aggregation) : RowInputs(), aggregation);
        Add(node);
        return new WindowStream<T, TKey, TOut>(_rows.Job, node.Results, node.Late, Settings.Windows, RowCheck);
    }

    private void Add(StreamNode node)
    {
        if (Name is not null)
        {
            node.Name = Name;
            node.HasExplicitName = true;
        }

        _rows.Job.Add(node);
    }

    private NodeInput[] RowInputs() => _rows.Inputs(new SelectedKeyExchange<T, TKey>(_key), WindowNode<T, TKey, int, int>.RowsPort);

    private NodeInput[] TwoPhaseInputs<TAccumulator, TOut>(WindowAggregation<T, TKey, TAccumulator, TOut> aggregation)
        where TAccumulator : struct
    {
        LocalWindowNode<T, TKey, TAccumulator, TOut> local = _rows.Job.Add(
            new LocalWindowNode<T, TKey, TAccumulator, TOut>(_rows.Inputs(), aggregation));
        if (Name is not null)
        {
            local.Name = $"Local {Name}";
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
