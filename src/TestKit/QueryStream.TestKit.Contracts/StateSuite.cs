#pragma warning disable VSTHRD200 // The names of tests are sentences.
using System.Runtime.InteropServices;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;
using Xunit;

namespace QueryStream.TestKit.Contracts;

/// <summary>The contract of every keyed state backend. A test class per backend derives from it, and creates the backend.</summary>
public abstract partial class StateSuite : IDisposable
{
    private static readonly EventTime Start = new(1_000_000);

    private readonly List<IDisposable> _open = [];

    /// <summary>A value exists from its first write until it is cleared.</summary>
    [ContractFact]
    public void A_value_is_missing_until_it_is_set_and_after_it_is_cleared()
    {
        StateBackend<int> backend = Open<int>();
        ValueState<long> state = backend.States.Value<long>("state");

        With(backend, 1, () => Assert.Equal((false, 0), (state.HasValue, state.Value)));
        With(backend, 1, () => state.Clear());
        With(backend, 1, () => state.Value = 5);
        With(backend, 1, () => Assert.Equal((true, 5), (state.HasValue, state.Value)));
        With(backend, 1, () => state.Value = 6);
        With(backend, 1, () => Assert.Equal((true, 6), (state.HasValue, state.Value)));
        With(backend, 1, () => state.Clear());
        With(backend, 1, () => Assert.Equal((false, 0), (state.HasValue, state.Value)));
        Assert.Equal(0, backend.Keys);
    }

    /// <summary>A list keeps its order when it grows or is replaced.</summary>
    [ContractFact]
    public void A_list_keeps_its_order_and_is_replaced_and_cleared()
    {
        StateBackend<int> backend = Open<int>();
        ListState<long> state = backend.States.List<long>("state");
        With(backend, 1, () => Assert.Equal((0, 0), (state.Count, state.Values.Length)));
        long[] rows = [.. Enumerable.Range(0, 100).Select(n => (long)n)];
        foreach (long row in rows)
        {
            With(backend, 1, () => state.Add(row));
        }

        With(backend, 1, () => Assert.Equal(rows, state.Values.ToArray()));
        With(backend, 1, () => state.Replace(state.Values[90..]));
        With(backend, 1, () => state.Add(state.Values[0]));
        With(backend, 1, () => Assert.Equal([.. rows[90..], 90], state.Values.ToArray()));
        With(backend, 1, () => state.Replace([]));
        With(backend, 1, () => Assert.Equal(0, state.Count));
        Assert.Equal(0, backend.Keys);
        With(backend, 1, () => { state.Add(1); state.Clear(); state.Add(2); });
        With(backend, 1, () => Assert.Equal([2], state.Values.ToArray()));
    }

    /// <summary>Map entries are added, changed and removed.</summary>
    [ContractFact]
    public void Entries_of_a_map_are_added_changed_and_removed()
    {
        StateBackend<int> backend = Open<int>();
        MapState<Text, long> state = backend.States.Map<Text, long>("state");
        With(backend, 1, () => Assert.Equal((false, 0, 0), (state.TryGet(Text.From("a"), out long none), none, state.Count)));
        With(backend, 1, () => { state.Set(Text.From("a"), 1); state.Set(Text.From("b"), 2); state.Set(Text.From("a"), 3); });
        With(backend, 1, () => Assert.Equal([("a", 3), ("b", 2)], state.Entries.Select(entry => (entry.Key.ToString(), entry.Value)).Order()));
        With(backend, 1, () => Assert.Equal((true, false), (state.Remove(Text.From("a")), state.Remove(Text.From("a")))));
        With(backend, 1, () => Assert.Equal((1, false), (state.Count, state.TryGet(Text.From("a"), out _))));
        With(backend, 1, () => Assert.True(state.Remove(Text.From("b"))));
        Assert.Equal(0, backend.Keys);
        With(backend, 1, () => { state.Set(Text.From("c"), 1); state.Clear(); });
        With(backend, 1, () => Assert.Empty(state.Entries));
        Assert.Equal(0, backend.Keys);
    }

    /// <summary>An aggregate starts empty, also after it was cleared.</summary>
    [ContractFact]
    public void An_aggregate_folds_added_rows_and_starts_empty_after_it_was_cleared()
    {
        StateBackend<int> backend = Open<int>();
        AggregatingState<long, long?> state = backend.States.Aggregating("state", default(AggregateBuilder<long>).Sum(n => (long?)n));
        With(backend, 1, () => Assert.Equal((false, null), (state.HasValue, state.Result)));
        With(backend, 1, () => { state.Add(3); state.Add(4); });
        With(backend, 1, () => Assert.Equal((true, 7), (state.HasValue, state.Result)));
        With(backend, 1, () => state.Clear());
        With(backend, 1, () => Assert.Equal((false, null), (state.HasValue, state.Result)));
        Assert.Equal(0, backend.Keys);
    }

    /// <summary>States of one key are independent.</summary>
    [ContractFact]
    public void States_of_one_key_are_independent()
    {
        StateBackend<int> backend = Open<int>();
        ValueState<long> a = backend.States.Value<long>("a");
        ValueState<long> b = backend.States.Value<long>("b");
        MapState<long, long> c = backend.States.Map<long, long>("c");
        With(backend, 1, () => { a.Value = 1; c.Set(1, 1); });
        With(backend, 1, () => Assert.Equal((true, false, 1), (a.HasValue, b.HasValue, c.Count)));
        With(backend, 1, () => { a.Clear(); b.Value = 2; });
        With(backend, 1, () => Assert.Equal((false, 2, 1), (a.HasValue, b.Value, c.Count)));
    }

    /// <summary>Keys with equal hashes are independent, also when some of them are removed.</summary>
    [ContractFact]
    public void Keys_are_independent_even_where_their_hashes_are_equal()
    {
        StateBackend<CollidingKey> backend = Open<CollidingKey>();
        ValueState<int> state = backend.States.Value<int>("state");
        foreach (int n in Enumerable.Range(0, 500))
        {
            With(backend, new CollidingKey(n), () => { Assert.False(state.HasValue); state.Value = n; });
        }

        Assert.Equal(500, backend.Keys);
        foreach (int n in Enumerable.Range(0, 500).Where(n => n % 3 != 0))
        {
            With(backend, new CollidingKey(n), () => state.Clear());
        }

        foreach (int n in Enumerable.Range(0, 500))
        {
            With(backend, new CollidingKey(n), () => Assert.Equal(n % 3 == 0 ? (true, n) : (false, 0), (state.HasValue, state.Value)));
        }

        Assert.Equal(167, backend.Keys);
    }

    /// <summary>Reading creates no state.</summary>
    [ContractFact]
    public void Nothing_is_kept_for_a_key_that_is_only_read()
    {
        StateBackend<int> backend = Open<int>();
        ValueState<int> value = backend.States.Value<int>("value");
        MapState<int, int> map = backend.States.Map<int, int>("map");
        With(backend, 1, () => Assert.False(value.HasValue || map.TryGet(1, out _) || map.Remove(1)));
        Assert.Equal(0, backend.Keys);
    }

    /// <summary>State copies texts, since the bytes of a batch are overwritten.</summary>
    [ContractFact]
    public void Texts_are_copied_into_state()
    {
        StateBackend<Text> backend = Open<Text>();
        ValueState<Text> value = backend.States.Value<Text>("value");
        ListState<(int, Text)> list = backend.States.List<(int, Text)>("list");
        MapState<Text, Text> map = backend.States.Map<Text, Text>("map");
        AggregatingState<Text, Text> best = backend.States.Aggregating("best", default(AggregateBuilder<Text>).MaxOf(text => text));
        Text[] batch = [.. new[] { "key", "value", "added", "replaced", "name", "entry", "best" }.Select(Text.From)];
        With(backend, batch[0], () =>
        {
            value.Value = batch[1];
            list.Replace([(1, batch[3])]);
            list.Add((2, batch[2]));
            map.Set(batch[4], batch[5]);
            best.Add(batch[6]);
        });
        backend.SetTimer(batch[0], new EventTime(1));
        Array.ForEach(batch, Overwrite);

        With(backend, Text.From("key"), () =>
        {
            Assert.Equal("value", value.Value.ToString());
            Assert.Equal([(1, Text.From("replaced")), (2, Text.From("added"))], list.Values.ToArray());
            Assert.Equal((true, "entry"), (map.TryGet(Text.From("name"), out Text entry), entry.ToString()));
            Assert.Equal("best", best.Result.ToString());
        });
        Assert.Equal((Text.From("key"), new EventTime(1)), Assert.Single(backend.TakeTimers(new EventTime(1))));
    }

    /// <summary>Access without a selected key is an error.</summary>
    [ContractFact]
    public void State_without_a_key_is_an_error_of_its_own()
    {
        StateBackend<int> backend = Open<int>();
        ValueState<int> value = backend.States.Value<int>("value");
        ListState<int> list = backend.States.List<int>("list");
        MapState<int, int> map = backend.States.Map<int, int>("map");
        AggregatingState<int, long> count = backend.States.Aggregating("count", default(AggregateBuilder<int>).Count());
        AssertRefused();
        With(backend, 1, () => value.Value = 1);
        AssertRefused();
        backend.Restore(backend.Snapshot());
        AssertRefused();

        void AssertRefused()
        {
            Action[] all =
                [() => _ = value.Value, () => value.Value = 1, value.Clear, () => _ = list.Count, () => list.Add(1), () => list.Replace([]),
                () => map.Set(1, 1),
                () => map.TryGet(1, out _),
                () => map.Remove(1),
                map.Clear,
                () => _ = map.Entries,
                () => count.Add(1),
                () => _ = count.Result];
            Assert.All(all, one => Assert.Throws<NoKeyException>(one));
        }
    }

    /// <summary>State names are unique, since snapshots identify states by them.</summary>
    [ContractFact]
    public void Names_are_unique_and_not_those_of_the_engine()
    {
        KeyedStateContext states = Open<int>().States;
        states.Value<int>("a");
        states.Value<int>("A");
        foreach (string name in (string[])["a", "", " ", "timers.a", "task.a"])
        {
            Assert.Throws<JobDefinitionException>(() => states.Value<int>(name));
            Assert.Throws<JobDefinitionException>(() => states.List<int>(name));
            Assert.Throws<JobDefinitionException>(() => states.Map<int, int>(name));
            Assert.Throws<JobDefinitionException>(() => states.Aggregating(name, default(AggregateBuilder<int>).Count()));
        }
    }

    /// <summary>Types without a codec are refused, since snapshots could not hold them.</summary>
    [ContractFact]
    public void Types_without_a_codec_are_refused()
    {
        KeyedStateContext states = Open<int>().States;
        Assert.Throws<JobDefinitionException>(() => states.Value<Version>("a"));
        Assert.Throws<JobDefinitionException>(() => states.List<Version>("a"));
        Assert.Throws<JobDefinitionException>(() => states.Map<int, Version>("a"));
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        _open.ForEach(one => one.Dispose());
        GC.SuppressFinalize(this);
    }

    /// <summary>Creates an empty backend.</summary>
    protected abstract StateBackend<TKey> New<TKey>(int subtask, int parallelism);

    private StateBackend<TKey> Open<TKey>(int subtask = 0, int parallelism = 1)
    {
        StateBackend<TKey> backend = New<TKey>(subtask, parallelism);
        _open.Add(backend);
        backend.Now = Start;
        return backend;
    }

    private static void With<TKey>(StateBackend<TKey> backend, TKey key, Action work)
    {
        backend.Select(key);
        work();
        backend.Release();
    }

    // Overwrites the bytes of a text, as the chunk of a batch is overwritten when it is reused.
    private static void Overwrite(Text text) => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(text.Bytes), text.ByteLength).Fill((byte)'?');
}
