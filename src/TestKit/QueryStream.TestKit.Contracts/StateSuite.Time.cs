using QueryStream.Core.Time;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;
using Xunit;

namespace QueryStream.TestKit.Contracts;

public abstract partial class StateSuite
{
    private static readonly TimeSpan Life = TimeSpan.FromMilliseconds(100);

    /// <summary>Writes do not renew a TTL on creation.</summary>
    [ContractFact]
    public void State_expires_a_TTL_after_its_first_write() => Expires(StateTtl.OnCreate(Life), renewed: false);

    /// <summary>Writes renew a TTL on write; reads do not.</summary>
    [ContractFact]
    public void State_expires_a_TTL_after_its_last_write() => Expires(StateTtl.OnWrite(Life), renewed: true);

    /// <summary>Expired state is removed without being read, at the latest after another TTL.</summary>
    [ContractFact]
    public void Keys_whose_state_has_expired_are_forgotten()
    {
        StateBackend<int> backend = Open<int>();
        ValueState<int> value = backend.States.Value<int>("value", StateTtl.OnWrite(Life));
        MapState<int, int> map = backend.States.Map<int, int>("map", StateTtl.OnWrite(Life));
        foreach (int key in Enumerable.Range(0, 300))
        {
            With(backend, key, () => { value.Value = key; map.Set(key, key); });
        }

        backend.Now = Start.Add(Life).Add(-1);
        backend.Sweep();
        Assert.Equal(300, backend.Keys);
        backend.Now = Start.Add(Life).Add(Life);
        backend.Sweep();
        Assert.Equal(0, backend.Keys);
    }

    /// <summary>Map entries expire individually.</summary>
    [ContractFact]
    public void Entries_of_a_map_expire_one_by_one()
    {
        StateBackend<int> backend = Open<int>();
        MapState<int, int> map = backend.States.Map<int, int>("map", StateTtl.OnWrite(Life));
        With(backend, 1, () => map.Set(1, 1));
        backend.Now = Start.Add(50);
        With(backend, 1, () => map.Set(2, 2));
        backend.Now = Start.Add(Life);
        With(backend, 1, () => Assert.Equal((1, false, true), (map.Count, map.TryGet(1, out _), map.TryGet(2, out _))));
        With(backend, 1, () => Assert.False(map.Remove(1)));
        backend.Now = Start.Add(150);
        With(backend, 1, () => Assert.False(map.TryGet(2, out _)));
        With(backend, 1, () => Assert.Empty(map.Entries));
        With(backend, 1, () => map.Set(3, 3));
        With(backend, 1, () => Assert.Equal([KeyValuePair.Create(3, 3)], map.Entries));
    }

    /// <summary>A map whose entries have expired behaves like an empty one in every operation.</summary>
    [ContractFact]
    public void A_map_whose_entries_have_expired_behaves_like_an_empty_one()
    {
        AssertEmpty(map => Assert.Equal(0, map.Count));
        AssertEmpty(map => Assert.Empty(map.Entries));
        AssertEmpty(map => Assert.False(map.TryGet(1, out _)));
        AssertEmpty(map => Assert.False(map.Remove(1)));
        AssertEmpty(map => map.Clear());

        void AssertEmpty(Action<MapState<int, int>> work)
        {
            StateBackend<int> backend = Open<int>();
            MapState<int, int> map = backend.States.Map<int, int>("map", StateTtl.OnCreate(Life));
            With(backend, 1, () => map.Set(1, 1));
            backend.Now = Start.Add(Life);
            With(backend, 1, () => work(map));
            With(backend, 1, () => map.Set(1, 2));
            With(backend, 1, () => Assert.Equal((true, 2), (map.TryGet(1, out int value), value)));
        }
    }

    /// <summary>Time passes while a job is down.</summary>
    [ContractFact]
    public void Snapshots_keep_when_state_expires()
    {
        StateBackend<int> first = Open<int>();
        Declare(first, out ValueState<int> value, out MapState<int, int> map);
        With(first, 1, () => { value.Value = 1; map.Set(1, 1); });
        StateBackend<int> second = Open<int>();
        second.Now = Start.Add(Life).Add(-1);
        Declare(second, out value, out map);
        second.Restore(first.Snapshot());
        With(second, 1, () => Assert.Equal((true, 1), (value.HasValue, map.Count)));
        StateBackend<int> third = Open<int>();
        third.Now = Start.Add(Life);
        Declare(third, out value, out map);
        third.Restore(second.Snapshot());
        With(third, 1, () => Assert.Equal((false, 0), (value.HasValue, map.Count)));

        static void Declare(StateBackend<int> backend, out ValueState<int> value, out MapState<int, int> map) =>
            (value, map) = (backend.States.Value<int>("value", StateTtl.OnWrite(Life)), backend.States.Map<int, int>("map", StateTtl.OnWrite(Life)));
    }

    private void Expires(StateTtl ttl, bool renewed)
    {
        StateBackend<int> backend = Open<int>();
        ValueState<int> value = backend.States.Value<int>("value", ttl);
        ListState<int> list = backend.States.List<int>("list", ttl);
        MapState<int, int> map = backend.States.Map<int, int>("map", ttl);
        AggregatingState<int, long> count = backend.States.Aggregating("count", default(AggregateBuilder<int>).Count(), ttl);
        Write();
        backend.Now = Start.Add(60);
        Write();
        EventTime end = Start.Add(renewed ? 160 : 100);

        backend.Now = end.Add(-1);
        AssertHas(true, 2);
        AssertHas(true, 2);
        backend.Now = end;
        AssertHas(false, 0);
        Write();
        backend.Now = end.Add(99);
        AssertHas(true, 1);

        void Write() => With(backend, 1, () => { value.Value = 1; list.Add(1); map.Set(1, 1); count.Add(1); });

        void AssertHas(bool has, int writes) => With(backend, 1, () =>
        {
            Assert.Equal((has, has, has), (value.HasValue, map.TryGet(1, out _), count.HasValue));
            Assert.Equal((writes, writes, has ? 1 : 0), (list.Count, count.Result, map.Count));
        });
    }
}
