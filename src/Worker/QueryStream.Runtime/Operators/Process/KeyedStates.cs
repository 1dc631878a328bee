using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;
using QueryStream.Runtime.State;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>Creates the states that a keyed function declares.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="subtask">The subtask, from 0.</param>
/// <param name="parallelism">The number of subtasks.</param>
/// <param name="store">Keeps the states.</param>
internal sealed class KeyedStates<TKey>(int subtask, int parallelism, KeyedStore<TKey> store) : KeyedStateContext
{
    private bool _isClosed;

    /// <summary>Returns the names of the operator's other states.</summary>
    public Func<IEnumerable<string>> Others { get; set; } = static () => [];

    /// <summary>The names of the states.</summary>
    public IEnumerable<string> Names => store.Names;

    public override int Subtask => subtask;

    public override int Parallelism => parallelism;

    public override ValueState<T> Value<T>(string name, StateTtl? ttl = null)
    {
        Codec<T>.Check();
        Check(name);
        return store.AddValue<T>(name, ttl);
    }

    public override ListState<T> List<T>(string name, StateTtl? ttl = null)
    {
        Codec<T>.Check();
        Check(name);
        return store.AddList<T>(name, ttl);
    }

    public override MapState<TName, TValue> Map<TName, TValue>(string name, StateTtl? ttl = null)
    {
        KeyType<TName>.Check();
        Codec<TName>.Check();
        Codec<TValue>.Check();
        Check(name);
        return store.AddMap<TName, TValue>(name, ttl);
    }

    public override AggregatingState<TIn, TOut> Aggregating<TIn, TAccumulator, TOut>(
        string name, Aggregate<TIn, TAccumulator, TOut> aggregate, StateTtl? ttl = null)
    {
        Codec<TAccumulator>.Check();
        Check(name);
        return store.AddAggregating(name, ttl, aggregate);
    }

    /// <summary>Ends the declaration of states: a state that is declared later would not be restored.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Rows by event time, for the engine's own operators.</summary>
    public TimedRowsState<T> AddTimedRows<T>(string name)
    {
        Check(name);
        return store.AddTimedRows<T>(name);
    }

    private void Check(string name) => StateDeclarations.Check(name, Names.Concat(Others()), _isClosed);
}
