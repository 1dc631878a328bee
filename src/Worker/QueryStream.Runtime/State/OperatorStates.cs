using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>The states of one subtask that belong to no key. Used in turns of one task.</summary>
/// <param name="context">The task.</param>
/// <param name="others">Names of other states of the same operator.</param>
internal sealed class OperatorStates(TaskContext context, Func<IEnumerable<string>>? others = null) : BroadcastStateContext
{
    private readonly List<IOperatorState> _states = [];
    private bool _isClosed;

    public override int Subtask => context.Deployment.Subtask;

    public override int Parallelism => context.Deployment.Vertex.Parallelism;

    /// <summary>The names of the states.</summary>
    public IEnumerable<string> Names => _states.Select(state => state.Name);

    /// <summary>Whether a broadcast row is being processed.</summary>
    public bool IsWritable { get; set; }

    public override OperatorListState<T> List<T>(string name) => AddList<T>(name, isUnion: false);

    public override OperatorListState<T> UnionList<T>(string name) => AddList<T>(name, isUnion: true);

    public override BroadcastState<TName, TValue> Broadcast<TName, TValue>(string name)
    {
        KeyType<TName>.Check();
        Codec<TName>.Check();
        Codec<TValue>.Check();
        return Add(new HeapBroadcastState<TName, TValue>(name, this));
    }

    /// <summary>Refuses later declarations, since the state of a snapshot would not be restored into them.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Adds all states to a capture.</summary>
    public void Capture(StateCapture capture) => _states.ForEach(one => one.Capture(capture));

    /// <summary>Restores all states that are declared.</summary>
    public async Task RestoreAsync(StateReader state)
    {
        foreach (IOperatorState one in _states)
        {
            await one.RestoreAsync(state).ConfigureAwait(false);
        }
    }

    private HeapOperatorListState<T> AddList<T>(string name, bool isUnion)
    {
        Codec<T>.Check();
        return Add(new HeapOperatorListState<T>(name, isUnion));
    }

    private TState Add<TState>(TState state)
        where TState : IOperatorState
    {
        StateDeclarations.Check(state.Name, Names.Concat(others?.Invoke() ?? []), _isClosed);
        _states.Add(state);
        return state;
    }
}

/// <summary>One state of a subtask that belongs to no key.</summary>
internal interface IOperatorState
{
    /// <summary>The state's name.</summary>
    string Name { get; }

    /// <summary>Adds the state of this moment to a capture; see <see cref="IStatefulOperator.Capture"/>.</summary>
    void Capture(StateCapture capture);

    /// <summary>Restores the subtask's share of the state.</summary>
    Task RestoreAsync(StateReader state);
}

/// <summary>The rules for declaring states.</summary>
internal static class StateDeclarations
{
    /// <summary>Throws if the name is not allowed, or if the declaration is too late to be restored.</summary>
    /// <exception cref="JobDefinitionException">It cannot be declared.</exception>
    public static void Check(string name, IEnumerable<string> others, bool isClosed)
    {
        if (isClosed)
        {
            throw new JobDefinitionException(
                $"The state '{name}' is declared too late: a function declares its states in Open, before they are restored.");
        }

        StateNames.Check(name, others);
    }
}
