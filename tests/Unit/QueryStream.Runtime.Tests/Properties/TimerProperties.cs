using QueryStream.Core;
using QueryStream.Core.Time;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>A function with every kind of state and timers of both time domains, at every parallelism and when moved.</summary>
public sealed class TimerProperties
{
    private const int Cases = 30;
    private const int EventDelay = 100;
    private const int ClockDelay = 250;

    public static TheoryData<int[]> All => Parallelisms.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Every_row_finds_its_state_and_its_timers_once(int[] parallelisms) => Property.Holds(Any, Scenario.Shrink, Cases, scenario =>
    {
        MovedRun<string> run = MovingJob<string>.Run(
            scenario,
            (left, right) => left.Union(right).KeyBy(row => row.Key).Process(() => new Waiting(), "waiting"),
            parallelisms,
            linger: TimeSpan.FromSeconds(1));
        Assert.Equal(Expected(scenario), run.Rows.Select(row => row.Row).Order(StringComparer.Ordinal));
    });

    private static IEnumerable<string> Expected(Scenario scenario)
    {
        List<string> rows = [];
        foreach (IGrouping<int, Event> key in scenario.Events.GroupBy(row => row.Key))
        {
            rows.AddRange(key.Select((_, before) => $"{key.Key} row {before + 1} of them, {before} kept"));
            rows.AddRange(key.Select(row => $"{key.Key} time of {row.Id}: {row.Time + EventDelay}"));
            rows.AddRange(key.Select(row => $"{key.Key} clock of {row.Id}"));
        }

        return rows.Order(StringComparer.Ordinal);
    }

    private static Scenario Any(SeededRandom random, int size) =>
        random.Next(2) == 0 ? new ScenarioMaker(random, size).Shuffled() : new ScenarioMaker(random, size).Disordered();

    // Pending timers are in a map for one time domain and in a list for the other; row counts are in an aggregate and in a list.
    private sealed class Waiting : KeyedProcessFunction<int, Event, string>
    {
        private MapState<long, long> _byTime = null!;
        private ListState<(long Id, long Due)> _byClock = null!;
        private ListState<long> _all = null!;
        private AggregatingState<Event, long> _count = null!;

        public override void Open(KeyedStateContext state)
        {
            _byTime = state.Map<long, long>("by time");
            _byClock = state.List<(long, long)>("by clock");
            _all = state.List<long>("all");
            _count = state.Aggregating("count", new AggregateBuilder<Event>().Count());
        }

        public override void Process(in Event row, KeyedContext<int, string> context)
        {
            _count.Add(row);
            context.Emit($"{context.Key} row {_count.Result} of them, {_all.Count} kept");
            _all.Add(row.Id);
            _byTime.Set(row.Id, row.Time + EventDelay);
            context.SetTimer(new EventTime(row.Time + EventDelay));
            long due = context.ProcessingTime.Milliseconds + ClockDelay;
            _byClock.Add((row.Id, due));
            context.SetProcessingTimeTimer(new EventTime(due));
        }

        public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<int, string> context)
        {
            if (domain == TimeDomain.Event)
            {
                foreach (long id in _byTime.Entries.Where(entry => entry.Value == time.Milliseconds).Select(entry => entry.Key).ToArray())
                {
                    context.Emit($"{context.Key} time of {id}: {time.Milliseconds}");
                    _byTime.Remove(id);
                }

                return;
            }

            (long Id, long Due)[] waiting = _byClock.Values.ToArray();
            foreach ((long id, _) in waiting.Where(one => one.Due == time.Milliseconds && context.ProcessingTime >= time))
            {
                context.Emit($"{context.Key} clock of {id}");
            }

            _byClock.Replace(waiting.Where(one => one.Due != time.Milliseconds).ToArray());
        }
    }
}
