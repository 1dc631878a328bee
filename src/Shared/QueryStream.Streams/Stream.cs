using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams;

/// <summary>A stream of rows. It can have several consumers; each gets all rows.</summary>
/// <typeparam name="T">The rows; structs are fastest.</typeparam>
public class Stream<T>
{
    private readonly Part[] _parts;

    internal Stream(StreamBuilder job, NodeOutput<T> output)
        : this(job, [new Part(output, Exchange.Forward)])
    {
    }

    private protected Stream(Stream<T> rows, Exchange exchange)
        : this(rows.Job, [.. rows._parts.Select(part => part with { Exchange = exchange })])
    {
    }

    private Stream(StreamBuilder job, Part[] parts)
    {
        Job = job;
        _parts = parts;
    }

    /// <summary>The job that the stream belongs to.</summary>
    public StreamBuilder Job { get; }

    /// <summary>Maps each row to one row.</summary>
    public OperatorStream<TOut> Map<TOut>(Func<T, TOut> function) => new(Job, Job.Add(new MapNode<T, TOut>(Inputs(), function)).Rows);

    /// <summary>Keeps the rows that meet a condition.</summary>
    public OperatorStream<T> Filter(Func<T, bool> condition) => new(Job, Job.Add(new FilterNode<T>(Inputs(), condition)).Rows);

    /// <summary>Maps each row to any number of rows.</summary>
    public OperatorStream<TOut> FlatMap<TOut>(FlatMapFunction<T, TOut> function) =>
        new(Job, Job.Add(new FlatMapNode<T, TOut>(Inputs(), function)).Rows);

    /// <summary>
    /// Maps each row to one row with an asynchronous call to an external system, such as a service or a database. A snapshot contains the rows in
    /// flight; after a restore they are called again, so the function may see a row more than once.
    /// </summary>
    /// <param name="function">Runs outside of the task, on any thread, for several rows at a time. It should observe the token, which is cancelled at
    /// the time-out and when the task ends.</param>
    /// <param name="options">The options; null: in order, 100 rows in flight, a time-out of a minute.</param>
    /// <param name="name">The operator's name, which identifies its state across versions of the job.</param>
    /// <exception cref="JobDefinitionException">An option is not allowed, or the rows of this stream have no codec.</exception>
    [StatefulOperator]
#pragma warning disable VSTHRD200 // The function is asynchronous, not this method.
    public OperatorStream<TOut> MapAsync<TOut>(Func<T, CancellationToken, Task<TOut>> function, AsyncOptions? options = null, string? name = null)
    {
        Codec<T>.Check();
        return new OperatorStream<TOut>(
            Job, Job.Add(new AsyncMapNode<T, TOut>(Inputs(), function, (options ?? new AsyncOptions()).Checked()), name).Rows);
    }
#pragma warning restore VSTHRD200

    /// <summary>The rows of this stream and the others, in any order.</summary>
    /// <exception cref="JobDefinitionException">A stream belongs to another job.</exception>
    public Stream<T> Union(params ReadOnlySpan<Stream<T>> others)
    {
        List<Part> parts = [.. _parts];
        foreach (Stream<T> other in others)
        {
            Job.CheckSame(other.Job, "A union");
            parts.AddRange(other._parts);
        }

        return new Stream<T>(Job, [.. parts]);
    }

    /// <summary>Distributes the rows round-robin over the subtasks of the next operator: after a filter or a source with uneven output.</summary>
    public Stream<T> Rebalance() => new(this, new RebalanceExchange<T>());

    /// <summary>Distributes the rows over the subtasks of the next operator by a function.</summary>
    /// <param name="partition">Returns the subtask of a row, from 0, given the number of subtasks. Must be deterministic.</param>
    public Stream<T> PartitionBy(Func<T, int, int> partition) => new(this, new CustomExchange<T>(partition));

    /// <summary>Sends each row to all subtasks of the next operator.</summary>
    public BroadcastStream<T> Broadcast() => new(this);

    /// <summary>Connects this stream with another one, so that one function processes the rows of both.</summary>
    /// <exception cref="JobDefinitionException">The streams belong to different jobs.</exception>
    public ConnectedStreams<T, TOther> Connect<TOther>(Stream<TOther> other)
    {
        Job.CheckSame(other.Job, "Connecting");
        return new ConnectedStreams<T, TOther>(this, other);
    }

    /// <summary>Connects this stream with broadcast rows, which every subtask of the function gets.</summary>
    /// <exception cref="JobDefinitionException">The streams belong to different jobs.</exception>
    public BroadcastConnectedStreams<T, TBroadcast> Connect<TBroadcast>(BroadcastStream<TBroadcast> broadcast)
    {
        Job.CheckSame(broadcast.Job, "Connecting");
        return new BroadcastConnectedStreams<T, TBroadcast>(this, broadcast);
    }

    /// <summary>Counts rows into a counter of the job and passes them on.</summary>
    /// <param name="counter">Its name; counters with the same name are summed.</param>
    /// <param name="condition">Which rows count; null: all.</param>
    public Stream<T> Count(string counter, Func<T, bool>? condition = null) =>
        new(Job, Job.Add(new CountNode<T>(Inputs(), StreamBuilder.RequireName(counter, "A counter"), condition)).Rows);

    /// <summary>
    /// Counts distinct records into a counter of the job. Exact as long as no copy of a record arrives more than a million positions behind the
    /// newest of its partition.
    /// </summary>
    public void CountOnce(string counter, Func<T, RecordPosition> position)
    {
        SelectedKeyExchange<T, int> exchange = new(row => position(row).Partition);
        Job.Add(new CountOnceNode<T>(Inputs(exchange), StreamBuilder.RequireName(counter, "A counter"), position));
    }

    /// <summary>Runs a function over the rows. It may emit any number of rows for each, also to side outputs.</summary>
    /// <param name="function">Creates the function of one subtask.</param>
    /// <param name="name">The display name.</param>
    [StatefulOperator]
    public ProcessStream<TOut> Process<TOut>(Func<ProcessFunction<T, TOut>> function, string? name = null) =>
        new(Job, Job.Add(new ProcessNode<T, TOut>(Inputs(), function), name).Rows);

    /// <summary>Partitions the stream by key.</summary>
    /// <exception cref="JobDefinitionException">The type cannot be a key.</exception>
    public KeyedStream<T, TKey> KeyBy<TKey>(Func<T, TKey> key)
    {
        KeyType<TKey>.Check();
        return new KeyedStream<T, TKey>(this, key);
    }

    /// <summary>Windows over all rows, without a key.</summary>
    public WindowedStream<T, Unit> Window(Windowing windows) => KeyBy(_ => default(Unit)).Window(windows);

    /// <summary>Writes the rows to a sink.</summary>
    /// <param name="name">Its name; shown as <c>Sink: name</c>.</param>
    /// <param name="sink">Where the rows go.</param>
    public StreamSink To(string name, ISink<T> sink) =>
        new(Job.Add(new SinkNode<T>($"Sink: {StreamBuilder.RequireName(name, "A sink")}", Inputs(), sink)));

    internal NodeInput[] Inputs(Exchange? exchange = null, int port = 0) =>
        [.. _parts.Select(part => new NodeInput(part.Output, port, exchange ?? part.Exchange))];

    private sealed record Part(NodeOutput<T> Output, Exchange Exchange);
}

/// <summary>A sink at the end of a stream.</summary>
public sealed class StreamSink : IPlacedStream
{
    private readonly StreamNode _node;

    internal StreamSink(StreamNode node) => _node = node;

    /// <inheritdoc/>
    StreamNode IPlacedStream.Node => _node;

    /// <summary>
    /// Sets the number of subtasks of the sink; the default is that of the job. Rows from an operator with another number are rebalanced.
    /// </summary>
    /// <param name="subtasks">From 1 to the number of key groups.</param>
    /// <exception cref="JobDefinitionException">The number is less than 1. A number above that of the key groups is refused when the graph is
    /// built.</exception>
    public StreamSink Parallelism(int subtasks)
    {
        _node.SetParallelism(subtasks);
        return this;
    }
}

/// <summary>Maps a row to any number of rows.</summary>
/// <typeparam name="TIn">The input row.</typeparam>
/// <typeparam name="TOut">The output rows.</typeparam>
/// <param name="row">The row.</param>
/// <param name="emit">Emits a row with the event time of <paramref name="row"/>. Valid during the call only.</param>
public delegate void FlatMapFunction<TIn, TOut>(TIn row, Action<TOut> emit);
