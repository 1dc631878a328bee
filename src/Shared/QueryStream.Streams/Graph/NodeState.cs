using QueryStream.Core.Codecs;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Graph;

/// <summary>Records the operator state that a function declares. It returns no usable state, since no job runs.</summary>
internal sealed class OperatorStateDeclarations(List<NodeState> states) : BroadcastStateContext
{
    public override int Subtask => 0;

    public override int Parallelism => 1;

    public override OperatorListState<T> List<T>(string name)
    {
        Codec<T>.Check();
        return Declare<OperatorListState<T>>(name, "operator list");
    }

    public override OperatorListState<T> UnionList<T>(string name)
    {
        Codec<T>.Check();
        return Declare<OperatorListState<T>>(name, "union list");
    }

    public override BroadcastState<TName, TValue> Broadcast<TName, TValue>(string name)
    {
        Codec<TName>.Check();
        Codec<TValue>.Check();
        return Declare<BroadcastState<TName, TValue>>(name, "broadcast");
    }

    private TState Declare<TState>(string name, string kind)
    {
        StateNames.Check(name, states.Select(state => state.Name));
        states.Add(new NodeState(name, kind));
        return default!;
    }
}

/// <summary>Records the keyed state that a function declares. It returns no usable state, since no job runs.</summary>
internal sealed class KeyedStateDeclarations(List<NodeState> states) : KeyedStateContext
{
    public override int Subtask => 0;

    public override int Parallelism => 1;

    public override ValueState<T> Value<T>(string name, StateTtl? ttl = null)
    {
        Codec<T>.Check();
        return Declare<ValueState<T>>(name, "value");
    }

    public override ListState<T> List<T>(string name, StateTtl? ttl = null)
    {
        Codec<T>.Check();
        return Declare<ListState<T>>(name, "list");
    }

    public override MapState<TName, TValue> Map<TName, TValue>(string name, StateTtl? ttl = null)
    {
        Codec<TName>.Check();
        Codec<TValue>.Check();
        return Declare<MapState<TName, TValue>>(name, "map");
    }

    public override AggregatingState<TIn, TOut> Aggregating<TIn, TAccumulator, TOut>(
        string name, Aggregate<TIn, TAccumulator, TOut> aggregate, StateTtl? ttl = null)
    {
        Codec<TAccumulator>.Check();
        return Declare<AggregatingState<TIn, TOut>>(name, "aggregating");
    }

    private TState Declare<TState>(string name, string kind)
    {
        StateNames.Check(name, states.Select(state => state.Name));
        states.Add(new NodeState(name, kind));
        return default!;
    }
}

/// <summary>The state of a node, as plans show it.</summary>
/// <param name="Name">Its name: from the function, or a description of the state of a built-in operator.</param>
/// <param name="Kind">Its kind: <c>value</c>, <c>list</c>, <c>map</c>, <c>aggregating</c>, <c>operator list</c>, <c>union list</c> or
/// <c>broadcast</c>; <c>own</c> for state of built-in operators; <c>unknown</c>, with a reason as the name, if the function cannot be opened.</param>
public sealed record NodeState(string Name, string Kind)
{
    /// <summary>The kind of state of built-in operators.</summary>
    public const string OwnKind = "own";

    /// <summary>The kind of state of a function that cannot be opened for the plan.</summary>
    public const string UnknownKind = "unknown";

    internal static NodeState Own(string name) => new(name, OwnKind);
}
