namespace QueryStream.Runtime.Snapshots;

/// <summary>Takes the state of one operator of one subtask. Used in one turn of its task.</summary>
/// <param name="keyGroups">The job's number of key groups.</param>
internal sealed class StateWriter(int keyGroups)
{
    private readonly List<IStateItems> _states = [];

    /// <summary>State by key.</summary>
    /// <param name="name">The state's name, unique in the operator.</param>
    public KeyedItems<T> Keyed<T>(string name) => Add(new KeyedItems<T>(name, keyGroups));

    /// <summary>State that is dealt out over all subtasks when it is restored.</summary>
    /// <param name="name">The state's name, unique in the operator.</param>
    public ListItems<T> List<T>(string name) => Add(new ListItems<T>(name, StateKind.List));

    /// <summary>State that all subtasks hold alike.</summary>
    /// <param name="name">The state's name, unique in the operator.</param>
    public ListItems<T> Broadcast<T>(string name) => Add(new ListItems<T>(name, StateKind.Broadcast));

    /// <summary>What was written.</summary>
    public IReadOnlyList<StateSnapshot> Complete() => [.. _states.Select(state => state.Complete())];

    private TItems Add<TItems>(TItems items)
        where TItems : IStateItems
    {
        _states.Add(items);
        return items;
    }
}
