using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Operators.Async;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Operators.Joins;
using QueryStream.Runtime.Operators.Process;
using QueryStream.Runtime.Operators.Rows;
using QueryStream.Runtime.Operators.Windows.Aligned;
using QueryStream.Runtime.Operators.Windows.Counts;
using QueryStream.Runtime.Operators.Windows.Rows;
using QueryStream.Runtime.Operators.Windows.Sessions;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Time;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Joins;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tasks;

/// <summary>Creates the operators of one task from the nodes of its vertex. An operator is created after those that it sends rows to.</summary>
internal sealed class OperatorChainBuilder : IStreamNodeVisitor<BuiltOperator>
{
    private readonly TaskContext _context;
    private readonly JobGraph _graph;
    private readonly JobVertex _vertex;
    private readonly Dictionary<StreamNode, BuiltOperator> _built = [];
    private readonly Dictionary<StreamNode, WatermarkCombiner> _combiners = [];
    private readonly Dictionary<JobEdge, OutputEdge> _edges = [];
    private readonly List<OutputChannel> _channels = [];

    private OperatorChainBuilder(TaskContext context)
    {
        _context = context;
        _graph = context.Deployment.Graph;
        _vertex = context.Deployment.Vertex;
        List<(JobEdge Edge, ChannelId Id)> outgoing = ChannelLayout.Outgoing(context.Deployment);
        long limit = OutputChannel.LimitOf(context.Environment.ChannelMemory / _graph.Vertices.Count, outgoing.Count);
        foreach (IGrouping<JobEdge, (JobEdge Edge, ChannelId Id)> channels in outgoing.GroupBy(channel => channel.Edge))
        {
            OutputChannel[] ends = [.. channels.Select(_ => new OutputChannel(context.Budget, limit))];
            _channels.AddRange(ends);
            _edges.Add(channels.Key, new OutputEdge(ends, channels.Key.Links.Count));
        }
    }

    /// <summary>Creates the operators of a task.</summary>
    public static OperatorChain Build(TaskContext context)
    {
        OperatorChainBuilder builder = new(context);
        BuiltOperator head = builder.Get(builder._vertex.Head);
        return new OperatorChain(
            head,
            context.Connectors.OfType<ISourceOperator>().SingleOrDefault(),
            [.. context.Connectors.OfType<ISinkOperator>()],
            [.. builder._edges.Values],
            [.. builder._channels]);
    }

    public BuiltOperator Visit<T>(SourceNode<T> node)
    {
        _ = new SourceOperator<T>(_context, node, Output(node.Rows), Output(node.DeadLetters), ReceiversOf(node.DeadLetters));
        return new BuiltOperator(null);
    }

    public BuiltOperator Visit<TIn, TOut>(MapNode<TIn, TOut> node) =>
        Single(new MapOperator<TIn, TOut>(_context, node, Output(node.Rows), ErrorsOf(node)));

    public BuiltOperator Visit<T>(FilterNode<T> node) =>
        Single(new FilterOperator<T>(_context, node, Output(node.Rows), ErrorsOf(node)));

    public BuiltOperator Visit<TIn, TOut>(FlatMapNode<TIn, TOut> node) =>
        Function(new FlatMapOperator<TIn, TOut>(_context, node, OutputsOf(node, node.Rows)), built => built.Rows);

    public BuiltOperator Visit<T>(CountNode<T> node) =>
        Single(new CountOperator<T>(_context, node, Output(node.Rows)));

    public BuiltOperator Visit<T>(CountOnceNode<T> node) =>
        Single(new CountOnceOperator<T>(_context, node));

    public BuiltOperator Visit<T, TKey, TAccumulator, TOut>(LocalWindowNode<T, TKey, TAccumulator, TOut> node)
        where TAccumulator : struct => Single(new LocalWindowOperator<T, TKey, TAccumulator, TOut>(
            _context, node, Output(node.Partials), Output(node.Rows), EdgeOf(node.Partials)));

    public BuiltOperator Visit<T, TKey, TAccumulator, TOut>(WindowNode<T, TKey, TAccumulator, TOut> node)
        where TAccumulator : struct
    {
        IInput<WindowResult<TKey, TOut>> results = Output(node.Results);
        IInput<T> late = Output(node.Late);
        switch (node.Aggregation.Settings.Windows[0])
        {
            case Session:
                return OnlyRows(new SessionOperator<T, TKey, TAccumulator, TOut>(_context, node, results, late));
            case Global:
                return OnlyRows(new CountWindowOperator<T, TKey, TAccumulator, TOut>(_context, node, results, late));
            default:
                break;
        }

        AlignedWindowOperator<T, TKey, TAccumulator, TOut> window = new(_context, node, results, late);
        return new BuiltOperator(window, new BatchPort<Partial<TKey, TAccumulator>>(window.Partials), new BatchPort<T>(window));
    }

    public BuiltOperator Visit<T, TKey, TOut>(RowWindowNode<T, TKey, TOut> node) =>
        Function(new RowWindowOperator<T, TKey, TOut>(_context, node, OutputsOf(node, node.Rows, node.Late.Name)), built => built.Rows);

    public BuiltOperator Visit<TIn, TOut>(ProcessNode<TIn, TOut> node) =>
        Function(new ProcessOperator<TIn, TOut>(_context, node, OutputsOf(node, node.Rows)), built => built.Rows);

    public BuiltOperator Visit<TLeft, TRight, TOut>(CoProcessNode<TLeft, TRight, TOut> node) =>
        Function(new CoProcessOperator<TLeft, TRight, TOut>(_context, node, OutputsOf(node, node.Rows)), built => built.Left, built => built.Right);

    public BuiltOperator Visit<TIn, TBroadcast, TOut>(BroadcastProcessNode<TIn, TBroadcast, TOut> node) => Function(
        new BroadcastProcessOperator<TIn, TBroadcast, TOut>(_context, node, OutputsOf(node, node.Rows)),
        built => built.Rows,
        built => built.Broadcast);

    public BuiltOperator Visit<TKey, TIn, TOut>(KeyedProcessNode<TKey, TIn, TOut> node) =>
        Function(new KeyedProcessOperator<TKey, TIn, TOut>(_context, node, OutputsOf(node, node.Rows)), built => built.Rows);

    public BuiltOperator Visit<TKey, TLeft, TRight, TOut>(KeyedCoProcessNode<TKey, TLeft, TRight, TOut> node) => Function(
        new KeyedCoProcessOperator<TKey, TLeft, TRight, TOut>(_context, node, OutputsOf(node, node.Rows)), built => built.Left, built => built.Right);

    public BuiltOperator Visit<TKey, TLeft, TRight, TOut>(JoinNode<TKey, TLeft, TRight, TOut> node)
    {
        FunctionOutputs<TOut> outputs = OutputsOf(node, node.Rows, node.LateLeft.Name, node.LateRight.Name);
        JoinOperator<TKey, TLeft, TRight, TOut> join = node.Condition switch
        {
            WithinInterval interval => new IntervalJoinOperator<TKey, TLeft, TRight, TOut>(_context, node, interval, outputs),
            InWindow { Windows: AlignedWindows windows } => new AlignedJoinOperator<TKey, TLeft, TRight, TOut>(_context, node, windows, outputs),
            InWindow { Windows: Session session } => new SessionJoinOperator<TKey, TLeft, TRight, TOut>(_context, node, session, outputs),
            AsOfTime => new AsOfJoinOperator<TKey, TLeft, TRight, TOut>(_context, node, outputs),
            var other => throw new InvalidOperationException($"No operator joins by {other}."),
        };
        return Function(join, built => built.Left, built => built.Right);
    }

    public BuiltOperator Visit<TKey, TIn, TBroadcast, TOut>(KeyedBroadcastProcessNode<TKey, TIn, TBroadcast, TOut> node) => Function(
        new KeyedBroadcastProcessOperator<TKey, TIn, TBroadcast, TOut>(_context, node, OutputsOf(node, node.Rows)),
        built => built.Rows,
        built => built.Broadcast);

    public BuiltOperator Visit<TIn, TOut>(AsyncMapNode<TIn, TOut> node) =>
        Single(new AsyncMapOperator<TIn, TOut>(_context, node, Output(node.Rows), ErrorsOf(node)));

    public BuiltOperator Visit<T>(RowCheckNode<T> node) =>
        Single(new RowCheckOperator<T>(_context, node, Output(node.Rows), ErrorsOf(node)));

    public BuiltOperator Visit<T>(SinkNode<T> node) => Single(SinkOperator<T>.Create(_context, node));

    // A window operator without a first phase gets nothing at the port of partial results.
    private static BuiltOperator OnlyRows<T>(IInput<T> window) => new(window, new BatchPort<T>(Discard<T>.Instance), new BatchPort<T>(window));

    private static BuiltOperator Single<T>(IInput<T> input) => new(input, new BatchPort<T>(input));

    private static BuiltOperator Function<TOperator, T>(TOperator built, Func<TOperator, IInput<T>> port)
        where TOperator : FunctionOperator => new(built, new BatchPort<T>(port(built)));

    private static BuiltOperator Function<TOperator, T1, T2>(TOperator built, Func<TOperator, IInput<T1>> first, Func<TOperator, IInput<T2>> second)
        where TOperator : FunctionOperator => new(built, new BatchPort<T1>(first(built)), new BatchPort<T2>(second(built)));

    private RowErrors ErrorsOf(StreamNode node) => new(_context, node, Output(node.Errors), ReceiversOf(node.Errors));

    // Rows of the side outputs for late rows count as late, not as out.
    private FunctionOutputs<T> OutputsOf<T>(StreamNode node, NodeOutput<T> rows, params string[] late)
    {
        OperatorRows counts = _context.Ledger.Of(node);
        SideEmitters sides = new(
            [.. node.SideOutputs.Select(side => (side.Name, side.Accept(new SideBuilder(this, late.Contains(side.Name) ? null : counts))))]);
        return new FunctionOutputs<T>(Output(rows), sides, ErrorsOf(node), counts);
    }

    private BuiltOperator Get(StreamNode node)
    {
        if (!_built.TryGetValue(node, out BuiltOperator? built))
        {
            built = Create(node);
            _built.Add(node, built);
        }

        return built;
    }

    private BuiltOperator Create(StreamNode node)
    {
        // Creating a reader or a writer may throw, and functions run code of the job when they open.
        IAttributable? caller = _context.Attribution.Enter(new NamedOperator(node.Name));
        BuiltOperator built = node.Accept(this);
        _context.Attribution.Leave(caller);
        return built;
    }

    /// <summary>The consumer of an output's rows: operators of this task, and links to other tasks.</summary>
    private IInput<T> Output<T>(NodeOutput<T> output)
    {
        List<IInput<T>> receivers = [];
        foreach (StreamNode node in _vertex.Nodes.Skip(1))
        {
            for (int branch = 0; branch < node.Inputs.Count; branch++)
            {
                if (node.Inputs[branch].From == output)
                {
                    receivers.Add(Chained<T>(node, branch));
                }
            }
        }

        foreach (JobEdge edge in _graph.Edges.Where(edge => edge.From == _vertex))
        {
            for (int link = 0; link < edge.Links.Count; link++)
            {
                if (edge.Links[link].From == output)
                {
                    receivers.Add(Link<T>(edge, link));
                }
            }
        }

        return receivers.Count switch
        {
            0 => Discard<T>.Instance,
            1 => receivers[0],
            _ => new FanOut<T>([.. receivers]),
        };
    }

    // For error messages: where dead letters go.
    private string ReceiversOf(NodeOutput output)
    {
        IEnumerable<StreamNode> nodes = _graph.Vertices.SelectMany(vertex => vertex.Nodes);
        string[] names = [.. nodes.Where(node => node.Inputs.Any(input => input.From == output)).Select(node => node.Name)];
        return names.Length == 0 ? "; no operator consumes it" : $"; it went to {string.Join(", ", names)}";
    }

    private IInput<T> Chained<T>(StreamNode node, int branch)
    {
        BatchPort<T> port = (BatchPort<T>)Get(node).Ports[node.Inputs[branch].Port];
        IInput<T> input = (IInput<T>)port.Input;
        if (node.Inputs.Count == 1)
        {
            return input;
        }

        if (!_combiners.TryGetValue(node, out WatermarkCombiner? combiner))
        {
            combiner = new WatermarkCombiner(node.Inputs.Count, risesWhileIdle: false);
            _combiners.Add(node, combiner);
        }

        return new MergeInput<T>(branch, combiner, input);
    }

    private IInput<T> Link<T>(JobEdge edge, int index)
    {
        OutputEdge output = _edges[edge];
        if (output.Channels.Length == 1)
        {
            ForwardLink<T> forward = new(output, index);
            output.Attach(index, forward);
            return forward;
        }

        LinkOwner owner = new(edge.To.Head.Name, _context.Attribution, _context.Rows);
        IInput<T> link = edge.Links[index].Exchange switch
        {
            KeyExchange<T> keys => new KeyLink<T>(output, index, keys, _context.Deployment.RoutingOf(edge.To), owner),
            PartitionExchange<T> partition => new PartitionLink<T>(output, index, partition, _context.Deployment.Subtask, owner),
            var exchange when exchange == Streams.Graph.Exchange.Broadcast => new BroadcastLink<T>(output, index),
            var other => throw new InvalidOperationException($"No link sends rows by {other.Strategy}."),
        };
        output.Attach(index, (EdgeLink)link);
        return link;
    }

    private OutputEdge? EdgeOf(NodeOutput output) =>
        _edges.FirstOrDefault(edge => edge.Key.Links.Any(link => link.From == output)).Value;

    private sealed class SideBuilder(OperatorChainBuilder owner, OperatorRows? counts) : ISideOutputVisitor<IEmitter>
    {
        public IEmitter Visit<T>(SideNodeOutput<T> output) => new RowEmitter<T>(owner.Output(output), counts);
    }
}
