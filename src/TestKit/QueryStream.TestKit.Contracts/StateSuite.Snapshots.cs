using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams.State;
using Xunit;
using Xunit.Sdk;

namespace QueryStream.TestKit.Contracts;

public abstract partial class StateSuite
{
    // Enough for each kind of TTL, and a few seconds at most.
    private const int Trials = 60;

    /// <summary>Null and default values survive a snapshot.</summary>
    [ContractFact]
    public void Null_and_default_are_values_that_snapshots_keep()
    {
        StateBackend<int> first = Open<int>();
        Work(first, write: true);
        IReadOnlyList<StateSnapshot> snapshot = first.Snapshot();
        StateBackend<int> second = Open<int>();
        Work(second, write: false, snapshot);

        static void Work(StateBackend<int> backend, bool write, IReadOnlyList<StateSnapshot>? snapshot = null)
        {
            ValueState<long> number = backend.States.Value<long>("number");
            ValueState<string?> words = backend.States.Value<string?>("words");
            ValueState<Text> text = backend.States.Value<Text>("text");
            MapState<Text, int?> map = backend.States.Map<Text, int?>("map");
            if (write)
            {
                With(backend, 1, () =>
                {
                    (number.Value, words.Value, text.Value) = (0, null, default);
                    map.Set(default, null);
                    map.Set(Text.Empty, 0);
                });
            }
            else
            {
                backend.Restore(snapshot!);
            }

            With(backend, 2, () => Assert.Equal((false, false, false, 0), (number.HasValue, words.HasValue, text.HasValue, map.Count)));
            With(backend, 1, () =>
            {
                Assert.Equal((true, true, true, 2), (number.HasValue, words.HasValue, text.HasValue, map.Count));
                Assert.Equal((0, null, false), (number.Value, words.Value, text.Value.HasValue));
                Assert.Equal((true, null), (map.TryGet(default, out int? value), value));
                Assert.Equal((true, 0), (map.TryGet(Text.Empty, out value), value));
            });
        }
    }

    /// <summary>Later changes do not affect a snapshot.</summary>
    [ContractFact]
    public void A_snapshot_does_not_change_with_the_state()
    {
        StateBackend<int> first = Open<int>();
        ListState<int> list = first.States.List<int>("list");
        With(first, 1, () => list.Add(1));
        IReadOnlyList<StateSnapshot> snapshot = first.Snapshot();
        With(first, 1, () => list.Add(2));
        With(first, 2, () => list.Add(3));

        StateBackend<int> second = Open<int>();
        list = second.States.List<int>("list");
        second.Restore(snapshot);
        With(second, 1, () => Assert.Equal([1], list.Values.ToArray()));
        Assert.Equal(1, second.Keys);
    }

    /// <summary>Timers belong to keys, and fire once in order.</summary>
    [ContractFact]
    public void Timers_are_taken_once_in_the_order_of_their_times()
    {
        StateBackend<int> backend = Open<int>();
        foreach (int time in (int[])[5, 3, 9, 3, 4])
        {
            backend.SetTimer(1, new EventTime(time));
        }

        backend.DeleteTimer(1, new EventTime(4));
        backend.DeleteTimer(2, new EventTime(3));
        backend.DeleteTimer(1, new EventTime(5));
        backend.SetTimer(1, new EventTime(5));

        Assert.Empty(backend.TakeTimers(new EventTime(2)));
        Assert.Equal([(1, new EventTime(3)), (1, new EventTime(5))], backend.TakeTimers(new EventTime(8)));
        Assert.Equal([(1, new EventTime(9))], backend.TakeTimers(EventTime.MaxValue));
        Assert.Empty(backend.TakeTimers(EventTime.MaxValue));
    }

    /// <summary>Random operations agree with a model, across restores at other parallelisms.</summary>
    [ContractFact]
    public void Random_operations_agree_with_a_model_across_restores_at_other_parallelisms()
    {
        for (ulong seed = 0; seed < Trials; seed++)
        {
            try
            {
                new StateTrial(Open<CollidingKey>, seed).Run();
            }
            catch (Exception e)
            {
                throw new XunitException($"With seed {seed}: {e.Message}", e);
            }
        }
    }
}
