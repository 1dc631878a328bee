using QueryStream.Core.Errors;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Windows;

/// <summary>Refuses state, for functions over sessions.</summary>
/// <param name="windows">The windows.</param>
internal sealed class NoWindowState(Windowing windows) : KeyedStateContext
{
    public override int Subtask => 0;

    public override int Parallelism => 1;

    public override ValueState<T> Value<T>(string name, StateTtl? ttl = null) => throw Refused(name);

    public override ListState<T> List<T>(string name, StateTtl? ttl = null) => throw Refused(name);

    public override MapState<TName, TValue> Map<TName, TValue>(string name, StateTtl? ttl = null) => throw Refused(name);

    public override AggregatingState<TIn, TOut> Aggregating<TIn, TAccumulator, TOut>(
        string name, Aggregate<TIn, TAccumulator, TOut> aggregate, StateTtl? ttl = null) => throw Refused(name);

    private JobDefinitionException Refused(string name) =>
        new($"The function over {windows} cannot have the state '{name}': sessions merge, and their states cannot be merged.");
}
