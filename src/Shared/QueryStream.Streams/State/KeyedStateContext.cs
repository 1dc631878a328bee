using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.State;

/// <summary>
/// Declares the keyed state of a function, in its <c>Open</c>. A name is unique in the function, and identifies the state in snapshots.
/// </summary>
public abstract class KeyedStateContext
{
    /// <summary>The index of the subtask, from 0.</summary>
    public abstract int Subtask { get; }

    /// <summary>The number of subtasks.</summary>
    public abstract int Parallelism { get; }

    /// <summary>Declares one value per key.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or the type has no codec.</exception>
    public abstract ValueState<T> Value<T>(string name, StateTtl? ttl = null);

    /// <summary>Declares one list per key.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or the type has no codec.</exception>
    public abstract ListState<T> List<T>(string name, StateTtl? ttl = null);

    /// <summary>Declares one map per key.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or a type has no codec.</exception>
    public abstract MapState<TName, TValue> Map<TName, TValue>(string name, StateTtl? ttl = null)
        where TName : notnull;

    /// <summary>Declares one aggregate per key.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or the accumulator's type has no codec.</exception>
    public abstract AggregatingState<TIn, TOut> Aggregating<TIn, TAccumulator, TOut>(
        string name, Aggregate<TIn, TAccumulator, TOut> aggregate, StateTtl? ttl = null)
        where TAccumulator : struct;
}
