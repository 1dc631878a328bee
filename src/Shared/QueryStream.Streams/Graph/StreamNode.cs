using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Graph;

/// <summary>
/// One step of a job as it was defined. A node describes; what does the work is made from it by a visitor, in Runtime.
/// Immutable once the graph is built.
/// </summary>
public abstract class StreamNode
{
    // The outputs that a kind of node has of itself come before.
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

    /// <summary>Its place in the graph, in order of definition; inputs come before.</summary>
    public int Index { get; internal set; }

    /// <summary>Names its state across versions of the job.</summary>
    public OperatorId Id { get; internal set; }

    /// <summary>What people see.</summary>
    public string Name { get; internal set; }

    /// <summary>Whether the user gave the name, which then also names the state.</summary>
    public bool HasExplicitName { get; internal set; }

    /// <summary>The number of subtasks that the job asks for; null: that of the job, or of the input where <see cref="FollowsInput"/> says so.</summary>
    public int? Parallelism { get; internal set; }

    /// <summary>Whether it runs with the parallelism of its first input, since it only prepares or passes on that one's rows.</summary>
    internal bool FollowsInput { get; set; }

    /// <summary>Where its rows come from, by port.</summary>
    public IReadOnlyList<NodeInput> Inputs { get; }

    /// <summary>The side outputs that somebody takes.</summary>
    public IReadOnlyList<ISideNodeOutput> SideOutputs => _sideOutputs;

    /// <summary>What becomes of a row for which the node's function throws.</summary>
    public ErrorPolicy ErrorPolicy { get; internal set; }

    /// <summary>Rows that its function threw for, where <see cref="ErrorPolicy"/> says so.</summary>
    public NodeOutput<DeadLetter> Errors { get; }

    /// <summary>What the node does, without its name: part of the graph's fingerprint.</summary>
    public abstract string Kind { get; }

    /// <summary>
    /// The state that the node keeps, for people. Functions declare theirs when they open, so this makes one and opens it. One that throws is for
    /// its task to report, which may have what it misses here: its state is of <see cref="NodeState.UnknownKind"/>.
    /// </summary>
    /// <exception cref="JobDefinitionException">A state cannot be declared: its name is empty, reserved or given twice, or its type has no codec.</exception>
    public virtual IReadOnlyList<NodeState> DescribeState() => [];

    /// <summary>Whether results depend on the event times of the rows.</summary>
    internal virtual bool UsesEventTime => false;

    /// <summary>Of a source: whether its rows have event times that mean something, of their own or as the job says.</summary>
    internal virtual bool HasEventTimes => true;

    /// <summary>Whether something outside of the job sees what it does: a sink, a counter.</summary>
    internal virtual bool IsSeenOutside => false;

    /// <summary>Hands the node to the visitor with its row types.</summary>
    public abstract TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor);

    /// <summary>Sets the parallelism.</summary>
    /// <exception cref="JobDefinitionException">It is less than 1.</exception>
    internal void SetParallelism(int parallelism) => Parallelism = parallelism >= 1
        ? parallelism
        : throw new JobDefinitionException($"{Name} cannot run with parallelism {parallelism}: give it 1 or more.");

    /// <summary>Has a function declare its state.</summary>
    private protected List<NodeState> StateOf(Action<KeyedStateNames, OperatorStateNames> open)
    {
        List<NodeState> states = [];
        try
        {
            open(new KeyedStateNames(states), new OperatorStateNames(states));
        }
        catch (JobDefinitionException e)
        {
            throw new JobDefinitionException($"{Name}: {e.Message}", e);
        }
        catch (Exception e)
        {
            states.Add(new NodeState($"what its function declares, which cannot be opened here: {e.GetType().Name}: {e.Message}", NodeState.UnknownKind));
        }

        return states;
    }

    /// <summary>The output of a side output; the same whenever it is asked for.</summary>
    /// <param name="output">What the function emits on.</param>
    /// <exception cref="JobDefinitionException">There is one of that name with other rows.</exception>
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
            $"{Name}: the side output '{output.Name}' is asked for with rows of {typeof(T).Name}, and elsewhere with others: give them different names.");
    }
}
