using QueryStream.Core.Texts;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;

namespace QueryStream.TestKit.Contracts;

/// <summary>A subtask with a state of each kind.</summary>
internal sealed class StateTrialSubtask(StateBackend<CollidingKey> backend, StateTtl? ttl)
{
    public StateBackend<CollidingKey> Backend => backend;

    public ValueState<Text> Value { get; } = backend.States.Value<Text>("value", ttl);

    public ListState<long> List { get; } = backend.States.List<long>("list", ttl);

    public MapState<Text, long> Map { get; } = backend.States.Map<Text, long>("map", ttl);

    public AggregatingState<long, long?> Sum { get; } = backend.States.Aggregating("sum", default(AggregateBuilder<long>).Sum(n => (long?)n), ttl);
}
