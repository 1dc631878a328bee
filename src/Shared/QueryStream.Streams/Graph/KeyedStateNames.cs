using QueryStream.Core.Codecs;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Graph;

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
