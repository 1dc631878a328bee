using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.State;

/// <summary>
/// Where a function declares its keyed state, when it opens. Names are unique in the function and tie the state to what a snapshot holds.
/// </summary>
public abstract class KeyedStateContext
{
    /// <summary>Which subtask this is, from 0.</summary>
    public abstract int Subtask { get; }

    /// <summary>How many subtasks there are.</summary>
    public abstract int Parallelism { get; }

    /// <summary>One value a key.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or the type has no codec.</exception>
    public abstract ValueState<T> Value<T>(string name, StateTtl? ttl = null);

    /// <summary>A list a key.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or the type has no codec.</exception>
    public abstract ListState<T> List<T>(string name, StateTtl? ttl = null);

    /// <summary>A map a key.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or a type has no codec.</exception>
    public abstract MapState<TName, TValue> Map<TName, TValue>(string name, StateTtl? ttl = null)
        where TName : notnull;

    /// <summary>An aggregate a key.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or the accumulator's type has no codec.</exception>
    public abstract AggregatingState<TIn, TOut> Aggregating<TIn, TAccumulator, TOut>(
        string name, Aggregate<TIn, TAccumulator, TOut> aggregate, StateTtl? ttl = null)
        where TAccumulator : struct;
}
