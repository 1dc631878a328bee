using QueryStream.Core.Codecs;
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
