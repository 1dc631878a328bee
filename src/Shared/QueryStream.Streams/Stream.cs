using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams;

/// <summary>Rows on their way. A stream can be used several times: each use sees all of its rows.</summary>
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

    /// <summary>Makes one row of each.</summary>
    public OperatorStream<TOut> Map<TOut>(Func<T, TOut> function) => new(Job, Job.Add(new MapNode<T, TOut>(Inputs(), function)).Rows);

    /// <summary>Lets the rows pass that the condition holds for.</summary>
    public OperatorStream<T> Filter(Func<T, bool> condition) => new(Job, Job.Add(new FilterNode<T>(Inputs(), condition)).Rows);

    /// <summary>Makes any number of rows of each.</summary>
    public OperatorStream<TOut> FlatMap<TOut>(FlatMapFunction<T, TOut> function) => new(Job, Job.Add(new FlatMapNode<T, TOut>(Inputs(), function)).Rows);

    /// <summary>
    /// Asks something outside for one row of each: a service, a database. Rows that are under way when a snapshot is taken are part of it, and
    /// are asked again where it is restored; so the function may see a row more than once.
    /// </summary>
    /// <param name="function">Asks. Runs outside of the task, on any thread, for several rows at a time; should heed the token, which is cancelled when
    /// the time is over and when the task ends.</param>
    /// <param name="options">How; null: in order, 100 rows at a time, a minute each.</param>
    /// <param name="name">Names the operator and its state across versions of the job.</param>
    /// <exception cref="JobDefinitionException">An option is not possible, or the rows of this stream have no codec.</exception>
    [StatefulOperator]
#pragma warning disable VSTHRD200 // It is the rows that are asked for asynchronously, not the call.
    public OperatorStream<TOut> MapAsync<TOut>(Func<T, CancellationToken, Task<TOut>> function, AsyncOptions? options = null, string? name = null)
    {
        Codec<T>.Check();
        return new OperatorStream<TOut>(Job, Job.Add(new AsyncMapNode<T, TOut>(Inputs(), function, (options ?? new AsyncOptions()).Checked()), name).Rows);
    }
#pragma warning restore VSTHRD200

    /// <summary>All rows of this stream and the others, in no particular order.</summary>
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

    /// <summary>Spreads the rows evenly over the subtasks of what comes next, each in turn: after a filter or a source that has left some with more.</summary>
    public Stream<T> Rebalance() => new(this, new RebalanceExchange<T>());

    /// <summary>Sends each row to the subtask of what comes next that the job chooses.</summary>
    /// <param name="partition">Given a row and the number of subtasks; says which of them, from 0. Must say the same of the same row.</param>
    public Stream<T> PartitionBy(Func<T, int, int> partition) => new(this, new CustomExchange<T>(partition));

    /// <summary>Sends each row to all subtasks of what comes next.</summary>
    public BroadcastStream<T> Broadcast() => new(this);

    /// <summary>Brings the rows of this stream and another to one function.</summary>
    /// <exception cref="JobDefinitionException">The streams are of two jobs.</exception>
    public ConnectedStreams<T, TOther> Connect<TOther>(Stream<TOther> other)
    {
        Job.CheckSame(other.Job, "Connecting");
        return new ConnectedStreams<T, TOther>(this, other);
    }

    /// <summary>Brings the rows of this stream to a function that also sees, on every subtask, all broadcast rows.</summary>
    /// <exception cref="JobDefinitionException">The streams are of two jobs.</exception>
    public BroadcastConnectedStreams<T, TBroadcast> Connect<TBroadcast>(BroadcastStream<TBroadcast> broadcast)
    {
        Job.CheckSame(broadcast.Job, "Connecting");
        return new BroadcastConnectedStreams<T, TBroadcast>(this, broadcast);
    }

    /// <summary>Counts rows into a counter of the job, and lets them pass.</summary>
    /// <param name="counter">Its name; counters of one name are added up.</param>
    /// <param name="condition">Which rows count; null: all.</param>
    public Stream<T> Count(string counter, Func<T, bool>? condition = null) => new(Job, Job.Add(new CountNode<T>(Inputs(), StreamBuilder.Named(counter, "A counter"), condition)).Rows);

    /// <summary>
    /// Counts records that may come several times, each once, into a counter of the job. Exact as long as no copy of a record
    /// comes more than a million positions of its partition behind the newest.
    /// </summary>
    public void CountOnce(string counter, Func<T, RecordPosition> position)
    {
        SelectedKeyExchange<T, int> exchange = new(row => position(row).Partition);
        Job.Add(new CountOnceNode<T>(Inputs(exchange), StreamBuilder.Named(counter, "A counter"), position));
    }

    /// <summary>Runs a function over the rows that may emit any number of rows for each, also on side outputs.</summary>
    /// <param name="function">Makes the function of one subtask.</param>
    /// <param name="name">What people see.</param>
    [StatefulOperator]
    public ProcessStream<TOut> Process<TOut>(Func<ProcessFunction<T, TOut>> function, string? name = null) =>
        new(Job, Job.Add(new ProcessNode<T, TOut>(Inputs(), function), name).Rows);

    /// <summary>Brings rows of one key together.</summary>
    /// <exception cref="JobDefinitionException">The type cannot be a key.</exception>
    public KeyedStream<T, TKey> KeyBy<TKey>(Func<T, TKey> key)
    {
        KeyType<TKey>.Check();
        return new KeyedStream<T, TKey>(this, key);
    }

    /// <summary>Windows over all rows together.</summary>
    public WindowedStream<T, Unit> Window(Windowing windows) => KeyBy(_ => default(Unit)).Window(windows);

    /// <summary>Writes the rows to a sink.</summary>
    /// <param name="name">Its name; people see it as <c>Sink: name</c>.</param>
    /// <param name="sink">Where the rows go.</param>
    public StreamSink To(string name, ISink<T> sink) => new(Job.Add(new SinkNode<T>($"Sink: {StreamBuilder.Named(name, "A sink")}", Inputs(), sink)));

    internal NodeInput[] Inputs(Exchange? exchange = null, int port = 0) =>
        [.. _parts.Select(part => new NodeInput(part.Output, port, exchange ?? part.Exchange))];

    private sealed record Part(NodeOutput<T> Output, Exchange Exchange);
}

/// <summary>A sink at the end of a stream.</summary>
public sealed class StreamSink
{
    private readonly StreamNode _node;

    internal StreamSink(StreamNode node) => _node = node;

    /// <summary>Sets the number of subtasks of the sink; without it that of the job counts. Rows from an operator with another number come to each subtask in turn.</summary>
    /// <param name="subtasks">From 1 to the number of key groups.</param>
    /// <exception cref="JobDefinitionException">It is less than 1. More than the key groups are refused when the job is built.</exception>
    public StreamSink Parallelism(int subtasks)
    {
        _node.SetParallelism(subtasks);
        return this;
    }
}

/// <summary>Makes any number of rows of one.</summary>
/// <typeparam name="TIn">The row that comes.</typeparam>
/// <typeparam name="TOut">The rows that go.</typeparam>
/// <param name="row">The row.</param>
/// <param name="emit">Takes the rows; they get the event time of <paramref name="row"/>. Valid for the call.</param>
public delegate void FlatMapFunction<TIn, TOut>(TIn row, Action<TOut> emit);
