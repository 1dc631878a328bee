using QueryStream.Core;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tests.Snapshots;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>
/// A capture holds exactly the state of its moment, whatever the operator does until it is written, and however many others are in flight. The oracle
/// is what the state was encoded to in the same moment.
/// </summary>
public sealed class CaptureProperties
{
    private const int Steps = 120;
    private const int Seeds = 12;

    private static readonly Dictionary<string, Action<StreamBuilder>> Kinds = new()
    {
        ["keyed state"] = job => Keyed(job).Process(() => new EveryState()).To("sink", new HarnessSink<long>()),
        ["broadcast state"] = job => Rows(job, "left").Connect(Rows(job, "right").Broadcast()).Process(() => new Shared())
            .To("sink", new HarnessSink<long>()),
        ["lists of a subtask"] = job => Rows(job, "left").Rebalance().Process(() => new Lists()).To("sink", new HarnessSink<long>()),
        ["tumbling"] = job => Windows(Keyed(job).Window(Tumbling.Of(Ms(10))).Lateness(Ms(30)).Early(Ms(50)).OnePhase()),
        ["sliding"] = job => Windows(Keyed(job).Window(Sliding.Of(Ms(12), Ms(4))).OnePhase()),
        ["sessions"] = job => Windows(Keyed(job).Window(Session.WithGap(Ms(4))).Lateness(Ms(20)).Early(Ms(50))),
        ["global"] = job => Windows(Keyed(job).Window(Global.Of(7))),
        ["row windows"] = job => Windows(Keyed(job).Window(Tumbling.Of(Ms(10))).Evict(() => new KeepAll())),
        ["row sessions"] = job => Windows(Keyed(job).Window(Session.WithGap(Ms(4))).Evict(() => new KeepAll())),
        ["interval join"] = job => Keyed(job, "left").Join(Keyed(job, "right")).Within(Ms(-8), Ms(8)).LeftOuter((a, b) => a.Id + b.Id, a => a.Id)
            .To("sink", new HarnessSink<long>()),
        ["window join"] = job => Keyed(job, "left").Join(Keyed(job, "right")).Window(Tumbling.Of(Ms(10))).Inner((a, b) => a.Id + b.Id)
            .To("sink", new HarnessSink<long>()),
        ["session join"] = job => Keyed(job, "left").Join(Keyed(job, "right")).Window(Session.WithGap(Ms(4))).Inner((a, b) => a.Id + b.Id)
            .To("sink", new HarnessSink<long>()),
        ["as-of join"] = job => Keyed(job, "left").Join(Keyed(job, "right")).AsOf().Inner((a, b) => a.Id + b.Id).To("sink", new HarnessSink<long>()),
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_capture_is_the_state_of_its_moment_whenever_it_is_written(string kind)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            await RunAsync(kind, seed);
        }
    }

    private static async Task RunAsync(string kind, ulong seed)
    {
        SeededRandom random = new(seed);
        CaptureRig rig = new(Kinds[kind]);
        List<InFlight> inFlight = [];
        int keys = 1 + random.Next(200);
        long time = 0;
        long id = 0;
        for (int step = 0; step < Steps; step++)
        {
            switch (random.Next(12))
            {
                case 0:
                    inFlight.Add(await BeginAsync(rig));
                    break;
                case 1 when inFlight.Count > 0:
                    await inFlight[random.Next(inFlight.Count)].EndAsync(inFlight, $"{kind}, seed {seed}, step {step}");
                    break;
                case 2 when inFlight.Count > 0:
                    await inFlight[random.Next(inFlight.Count)].AbortAsync(inFlight);
                    break;
                case 3 when inFlight.Count > 0:
                    // On another thread, while the operator goes on.
                    inFlight[random.Next(inFlight.Count)].Write();
                    break;
                case 4 or 5:
                    time += random.Next(10);
                    rig.Advance(time);
                    break;
                default:
                    rig.Push(random.Next(rig.Inputs), [.. Enumerable.Range(0, 1 + random.Next(40)).Select(_ =>
                        new Event(++id, random.Next(keys), Math.Max(0, time + random.Next(25) - 8), random.Next(3)))]);
                    break;
            }
        }

        while (inFlight.Count > 0)
        {
            await inFlight[random.Next(inFlight.Count)].EndAsync(inFlight, $"{kind}, seed {seed}, at the end");
        }

        // With nothing in flight, nothing is copied any more.
        StateCapture[] last = rig.Capture();
        Array.ForEach(last, capture => capture.Release());
        Assert.All(last.SelectMany(capture => capture.Versions), versions => Assert.False(versions.AnyInFlight));
        long copies = last.SelectMany(capture => capture.Versions).Sum(versions => versions.Copies);
        for (int i = 0; i < 10; i++)
        {
            rig.Push(
                random.Next(rig.Inputs),
                [.. Enumerable.Range(0, 40).Select(_ => new Event(++id, random.Next(keys), time + random.Next(20), random.Next(3)))]);
        }

        Assert.Equal(copies, last.SelectMany(capture => capture.Versions).Sum(versions => versions.Copies));
    }

    private static async Task<InFlight> BeginAsync(CaptureRig rig)
    {
        StateCapture[] copied = rig.Capture();
        string[] expected = await CaptureRig.WriteAsync(copied);
        Array.ForEach(copied, capture => capture.Release());
        return new InFlight(rig.Capture(), expected);
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static Stream<Event> Rows(StreamBuilder job, string name = "rows") =>
        job.Source(name, new HarnessSource<Event>()).Watermarks(new WatermarkStrategy<Event> { EventTimeOf = row => new EventTime(row.Time) });

    private static KeyedStream<Event, int> Keyed(StreamBuilder job, string name = "rows") => Rows(job, name).KeyBy(row => row.Key);

    private static void Windows(WindowedStream<Event, int> windows) => windows
        .Aggregate(all => (
            all.Count(), all.CountDistinct(row => Text.From($"user {row.Id % 50}")), all.CountDistinct(row => row.Id % 70), all.Collect(),
            all.Top(3, row => row.Id % 100), all.CountBy(row => Text.From($"{row.Split}"))))
        .To(
            "sink",
            new HarnessSink<WindowResult<int, (long, long, long, IReadOnlyList<Event>, IReadOnlyList<Event>, Streams.Aggregates.GroupCounts)>>());

    /// <summary>A capture that waits to be written, and what must come of it.</summary>
    private sealed class InFlight(StateCapture[] captures, string[] expected)
    {
        private Task<string[]>? _written;

        public void Write() => _written ??= Task.Run(() => CaptureRig.WriteAsync(captures));

        public async Task EndAsync(List<InFlight> all, string where)
        {
            string[] written = await (_written ?? CaptureRig.WriteAsync(captures));
            Assert.True(expected.SequenceEqual(written), $"{where}: the capture holds another state than there was.\n{Difference(written)}");
            Release(all);
        }

        public async Task AbortAsync(List<InFlight> all)
        {
            if (_written is not null)
            {
                await _written;
            }

            Release(all);
        }

        private void Release(List<InFlight> all)
        {
            Array.ForEach(captures, capture => capture.Release());
            all.Remove(this);
        }

        private string Difference(string[] written) =>
            string.Join(
                '\n',
                expected.Except(written).Take(3).Select(line => $"- {line}").Concat(written.Except(expected).Take(3).Select(line => $"+ {line}")));
    }

    // Changes values also behind the back of their state, which the next capture may show and this one may not.
    private sealed class EveryState : KeyedProcessFunction<int, Event, long>
    {
        private ValueState<long[]> _value = null!;
        private ValueState<long> _expiring = null!;
        private ListState<long[]> _list = null!;
        private ListState<long> _numbers = null!;
        private MapState<long, long[]> _map = null!;
        private MapState<Text, long> _counts = null!;
        private AggregatingState<Event, long> _users = null!;
        private AggregatingState<Event, IReadOnlyList<Event>> _rows = null!;

        public override void Open(KeyedStateContext state)
        {
            _value = state.Value<long[]>("value");
            _expiring = state.Value<long>("expiring", StateTtl.OnWrite(TimeSpan.FromDays(1)));
            _list = state.List<long[]>("list");
            _numbers = state.List<long>("numbers");
            _map = state.Map<long, long[]>("map");
            _counts = state.Map<Text, long>("counts");
            _users = state.Aggregating(
                "users", default(Streams.Aggregates.AggregateBuilder<Event>).CountDistinct(row => Text.From($"user {row.Id % 50}")));
            _rows = state.Aggregating("rows", default(Streams.Aggregates.AggregateBuilder<Event>).Collect());
        }

        public override void Process(in Event row, KeyedContext<int, long> context)
        {
            long id = row.Id;
            switch (id % 13)
            {
                case 0:
                    _value.Value = [id];
                    break;
                case 1 when _value.Value is { } value:
                    value[0]++;
                    break;
                case 2:
                    _list.Add([id]);
                    _numbers.Add(id);
                    break;
                case 3 when _list.Count > 0:
                    _list.Values[0][0]--;
                    _numbers.Replace([id, id]);
                    break;
                case 4:
                    _map.Set(id % 5, [id]);
                    _counts.Set(Text.From($"{id % 7}"), id);
                    break;
                case 5:
                    foreach ((_, long[] held) in _map.Entries)
                    {
                        held[0] += 3;
                    }

                    break;
                case 6:
                    _map.Remove(id % 5);
                    _counts.Remove(Text.From($"{id % 7}"));
                    break;
                case 7:
                    _rows.Add(row);
                    context.Emit(_rows.Result.Count);
                    break;
                case 8:
                    context.SetTimer(new EventTime(row.Time + 20));
                    context.SetProcessingTimeTimer(EventTime.From(DateTimeOffset.MaxValue));
                    break;
                case 9:
                    context.DeleteTimer(new EventTime(row.Time + 20));
                    context.DeleteProcessingTimeTimer(EventTime.From(DateTimeOffset.MaxValue));
                    break;
                case 10:
                    _value.Clear();
                    _list.Clear();
                    _numbers.Clear();
                    break;
                case 11:
                    _users.Clear();
                    _rows.Clear();
                    _map.Clear();
                    _counts.Clear();
                    _expiring.Clear();
                    break;
                default:
                    _expiring.Value = id;
                    break;
            }

            _users.Add(row);
            context.Emit(_users.Result);
        }

        public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<int, long> context) => _numbers.Add(time.Milliseconds);
    }

    private sealed class Shared : BroadcastProcessFunction<Event, Event, long>
    {
        private BroadcastState<int, long[]> _state = null!;

        public override void Open(BroadcastStateContext state) => _state = state.Broadcast<int, long[]>("rules");

        public override void Process(in Event row, ProcessContext<long> context) =>
            context.Emit(_state.TryGet(row.Key, out long[] value) ? value[0] : 0);

        public override void ProcessBroadcast(in Event row, ProcessContext<long> context)
        {
            switch (row.Id % 20)
            {
                case 0:
                    _state.Clear();
                    break;
                case < 4:
                    _state.Remove(row.Key);
                    break;
                case < 8 when _state.TryGet(row.Key, out long[] value):
                    value[0]++;
                    break;
                default:
                    _state.Set(row.Key, [row.Id]);
                    break;
            }
        }
    }

    private sealed class Lists : ProcessFunction<Event, long>
    {
        private OperatorListState<long> _numbers = null!;
        private OperatorListState<long[]> _arrays = null!;

        public override void Open(OperatorStateContext state) =>
            (_numbers, _arrays) = (state.List<long>("numbers"), state.UnionList<long[]>("arrays"));

        public override void Process(in Event row, ProcessContext<long> context)
        {
            switch (row.Id % 30)
            {
                case 0:
                    _numbers.Clear();
                    _arrays.Clear();
                    break;
                case 1:
                    _numbers.Replace([row.Id]);
                    _arrays.Replace([[row.Id]]);
                    break;
                case 2 when _arrays.Count > 0:
                    _arrays.Values[0][0]++;
                    break;
                default:
                    _numbers.Add(row.Id);
                    _arrays.Add([row.Id]);
                    break;
            }
        }
    }

    private sealed class KeepAll : Evictor<Event>;
}
