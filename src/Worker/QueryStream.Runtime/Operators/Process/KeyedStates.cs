using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;
using QueryStream.Runtime.Reading;
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
    // Writes one state of the selected key.
    private readonly List<Action<KeyStateWriter>> _readers = [];
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
        ValueState<T> state = store.AddValue<T>(name, ttl);
        _readers.Add(output => output.Value(name, "value", state.HasValue, state.Value));
        return state;
    }

    public override ListState<T> List<T>(string name, StateTtl? ttl = null)
    {
        Codec<T>.Check();
        Check(name);
        ListState<T> state = store.AddList<T>(name, ttl);
        _readers.Add(output => output.List(name, state.Values));
        return state;
    }

    public override MapState<TName, TValue> Map<TName, TValue>(string name, StateTtl? ttl = null)
    {
        KeyType<TName>.Check();
        Codec<TName>.Check();
        Codec<TValue>.Check();
        Check(name);
        MapState<TName, TValue> state = store.AddMap<TName, TValue>(name, ttl);
        _readers.Add(output => output.Map(name, state.Count, state.Entries));
        return state;
    }

    public override AggregatingState<TIn, TOut> Aggregating<TIn, TAccumulator, TOut>(
        string name, Aggregate<TIn, TAccumulator, TOut> aggregate, StateTtl? ttl = null)
    {
        Codec<TAccumulator>.Check();
        Check(name);
        AggregatingState<TIn, TOut> state = store.AddAggregating(name, ttl, aggregate);
        _readers.Add(output =>
        {
            bool exists = state.HasValue;
            output.Value(name, "aggregating", exists, exists ? state.Result : default);
        });
        return state;
    }

    /// <summary>Ends the declaration of states: a state that is declared later would not be restored.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Rows by event time, for the engine's own operators.</summary>
    public TimedRowsState<T> AddTimedRows<T>(string name)
    {
        Check(name);
        TimedRowsState<T> state = store.AddTimedRows<T>(name);
        _readers.Add(output =>
        {
            TimedRows<T>? rows = state.Find();
            output.Rows(name, rows?.Count ?? 0, i => (rows!.TimeAt(i), rows.RowAt(i)));
        });
        return state;
    }

    /// <summary>Writes the states of a key, in the order of their declaration. No key is selected.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="first">How many states are left out: the operator's own.</param>
    /// <param name="output">Takes the states.</param>
    public void Read(in TKey key, ulong hash, int first, KeyStateWriter output)
    {
        store.Select(key, hash);
        try
        {
            foreach (Action<KeyStateWriter> read in _readers.Skip(first))
            {
                read(output);
            }
        }
        finally
        {
            store.Release();
        }
    }

    private void Check(string name) => StateDeclarations.Check(name, Names.Concat(Others()), _isClosed);
}
