using QueryStream.Core.Codecs;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Graph;

/// <summary>Notes the state without keys that a function declares. What it hands out cannot be used: nothing runs where a plan is made.</summary>
internal sealed class OperatorStateNames(List<NodeState> states) : BroadcastStateContext
{
    public override int Subtask => 0;

    public override int Parallelism => 1;

    public override OperatorListState<T> List<T>(string name)
    {
        Codec<T>.Check();
        return Note<OperatorListState<T>>(name, "operator list");
    }

    public override OperatorListState<T> UnionList<T>(string name)
    {
        Codec<T>.Check();
        return Note<OperatorListState<T>>(name, "union list");
    }

    public override BroadcastState<TName, TValue> Broadcast<TName, TValue>(string name)
    {
        Codec<TName>.Check();
        Codec<TValue>.Check();
        return Note<BroadcastState<TName, TValue>>(name, "broadcast");
    }

    private TState Note<TState>(string name, string kind)
    {
        StateNames.Check(name, states.Select(state => state.Name));
        states.Add(new NodeState(name, kind));
        return default!;
    }
}

/// <summary>Notes the keyed state that a function declares. What it hands out cannot be used: there is no key where a plan is made.</summary>
internal sealed class KeyedStateNames(List<NodeState> states) : KeyedStateContext
{
    public override int Subtask => 0;

    public override int Parallelism => 1;

    public override ValueState<T> Value<T>(string name, StateTtl? ttl = null)
    {
        Codec<T>.Check();
        return Note<ValueState<T>>(name, "value");
    }

    public override ListState<T> List<T>(string name, StateTtl? ttl = null)
    {
        Codec<T>.Check();
        return Note<ListState<T>>(name, "list");
    }

    public override MapState<TName, TValue> Map<TName, TValue>(string name, StateTtl? ttl = null)
    {
        Codec<TName>.Check();
        Codec<TValue>.Check();
        return Note<MapState<TName, TValue>>(name, "map");
    }

    public override AggregatingState<TIn, TOut> Aggregating<TIn, TAccumulator, TOut>(
        string name, Aggregate<TIn, TAccumulator, TOut> aggregate, StateTtl? ttl = null)
    {
        Codec<TAccumulator>.Check();
        return Note<AggregatingState<TIn, TOut>>(name, "aggregating");
    }

    private TState Note<TState>(string name, string kind)
    {
        StateNames.Check(name, states.Select(state => state.Name));
        states.Add(new NodeState(name, kind));
        return default!;
    }
}

/// <summary>State that a node keeps, as people see it in a plan.</summary>
/// <param name="Name">Its name: as the function declares it, or what the engine's own operators keep.</param>
/// <param name="Kind">What it is: <c>value</c>, <c>list</c>, <c>map</c>, <c>aggregating</c>, <c>operator list</c>, <c>union list</c>, <c>broadcast</c>; <c>own</c> for what the engine's operators keep; <c>unknown</c> with a reason for its name.</param>
public sealed record NodeState(string Name, string Kind)
{
    /// <summary>The kind of what the engine's operators keep.</summary>
    public const string OwnKind = "own";

    /// <summary>The kind of what a function keeps that cannot be opened where the plan is made.</summary>
    public const string UnknownKind = "unknown";

    internal static NodeState Own(string name) => new(name, OwnKind);
}
