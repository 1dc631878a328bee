using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Graph;

/// <summary>
/// A logical operator of a job. It only describes; a visitor in Runtime creates the operator that does the work. Immutable once the graph is built.
/// </summary>
public abstract class StreamNode
{
    // Smaller indexes are for the outputs of the kinds of node.
    private const int FirstSideOutput = 8;
    private const int ErrorsOutput = 7;

    private readonly List<ISideNodeOutput> _sideOutputs = [];

    /// <summary>Creates a node.</summary>
    protected StreamNode(string name, params ReadOnlySpan<NodeInput> inputs)
    {
        Name = name;
        Inputs = inputs.ToArray();
        Errors = new NodeOutput<DeadLetter>(this, ErrorsOutput);
    }

    /// <summary>Its index in the graph, in order of definition; its inputs have smaller ones.</summary>
    public int Index { get; internal set; }

    /// <summary>Identifies its state across versions of the job.</summary>
    public OperatorId Id { get; internal set; }

    /// <summary>The display name.</summary>
    public string Name { get; internal set; }

    /// <summary>Whether the user set the name, which then also identifies the state.</summary>
    public bool HasExplicitName { get; internal set; }

    /// <summary>The parallelism that the job sets; null: that of the job, or of the input if <see cref="InheritsParallelism"/> is true.</summary>
    public int? Parallelism { get; internal set; }

    /// <summary>The slot sharing group that the job sets; null: that of its inputs.</summary>
    internal string? SlotSharingGroup { get; set; }

    /// <summary>Whether it has the parallelism of its first input, since it only prepares or passes on its rows.</summary>
    internal bool InheritsParallelism { get; set; }

    /// <summary>Where its rows come from, by port.</summary>
    public IReadOnlyList<NodeInput> Inputs { get; }

    /// <summary>The side outputs that are read.</summary>
    public IReadOnlyList<ISideNodeOutput> SideOutputs => _sideOutputs;

    /// <summary>What happens to a row for which the node's function throws.</summary>
    public ErrorPolicy ErrorPolicy { get; internal set; }

    /// <summary>
    /// The dead letters of rows for which its function threw, if <see cref="ErrorPolicy"/> is <see cref="Streams.ErrorPolicy.DeadLetter"/>.
    /// </summary>
    public NodeOutput<DeadLetter> Errors { get; }

    /// <summary>The kind of node and its settings, without its name. Part of the graph's fingerprint.</summary>
    public abstract string Kind { get; }

    /// <summary>
    /// The state of the node, for plans. Functions declare state when they open, so this creates and opens one. If it throws, its state is of
    /// <see cref="NodeState.UnknownKind"/>, since it may succeed on a worker.
    /// </summary>
    /// <exception cref="JobDefinitionException">A state cannot be declared: its name is empty, reserved or duplicate, or its type has no
    /// codec.</exception>
    public virtual IReadOnlyList<NodeState> DescribeState() => [];

    /// <summary>The keys of its state; null: it has no state by key that can be asked for.</summary>
    public virtual NodeKey? StateKey => null;

    /// <summary>Whether results depend on the event times of the rows.</summary>
    public virtual bool UsesEventTime => false;

    /// <summary>For a source: whether its rows have event times, their own or ones that the job sets.</summary>
    internal virtual bool HasEventTimes => true;

    /// <summary>Whether it has an effect outside of the job: a sink or a counter.</summary>
    internal virtual bool HasExternalEffect => false;

    /// <summary>Calls the visitor with the row types.</summary>
    public abstract TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor);

    /// <summary>Sets the parallelism.</summary>
    /// <exception cref="JobDefinitionException">It is less than 1.</exception>
    internal void SetParallelism(int parallelism) => Parallelism = parallelism >= 1
        ? parallelism
        : throw new JobDefinitionException($"{Name} cannot run with parallelism {parallelism}: give it 1 or more.");

    /// <summary>Lists the state that a function declares.</summary>
    private protected List<NodeState> StateOf(Action<KeyedStateDeclarations, OperatorStateDeclarations> open)
    {
        List<NodeState> states = [];
        try
        {
            open(new KeyedStateDeclarations(states), new OperatorStateDeclarations(states));
        }
        catch (JobDefinitionException e)
        {
            throw new JobDefinitionException($"{Name}: {e.Message}", e);
        }
        catch (Exception e)
        {
            states.Add(new NodeState($"unknown, since the function cannot be opened here: {e.GetType().Name}: {e.Message}", NodeState.UnknownKind));
        }

        return states;
    }

    /// <summary>The node output of a side output; the same for each call.</summary>
    /// <param name="output">The side output.</param>
    /// <exception cref="JobDefinitionException">There is one with the same name and another row type.</exception>
    internal NodeOutput<T> SideOutputOf<T>(SideOutput<T> output)
    {
        ISideNodeOutput? known = _sideOutputs.Find(side => side.Name == output.Name);
        if (known is null)
        {
            SideNodeOutput<T> side = new(this, FirstSideOutput + _sideOutputs.Count, output);
            _sideOutputs.Add(side);
            return side;
        }

        return known as SideNodeOutput<T> ?? throw new JobDefinitionException(
            $"{Name}: the side output '{output.Name}' is used with rows of {typeof(T).Name} and with rows of another type: "
            + "give the two different names.");
    }
}
