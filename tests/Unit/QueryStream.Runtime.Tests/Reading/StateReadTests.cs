using System.Text.Json.Nodes;
using QueryStream.Core.Errors;
using QueryStream.Runtime.Tests.State;
using QueryStream.Runtime.Tests.Windows;
using QueryStream.Streams;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Reading;

/// <summary>The state of one key, asked for while the job runs. Each test runs with state on the heap and with state as bytes.</summary>
public sealed class StateReadTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly HarnessSource<Sale> _source = new();
    private readonly HarnessSink<string> _results = new();

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public void All_kinds_of_keyed_state_are_shown_and_reading_changes_nothing(int parallelism, bool asBytes)
    {
        using JobHarness job = Start(Kinds, parallelism, asBytes);
        Push(job, (1, 10), (2, 99), (1, 20), (1, 10));

        string first = job.ReadState("kinds", "1");
        Assert.Equal(first, job.ReadState("kinds", " 1 "));
        JsonNode states = JsonNode.Parse(first)!["states"]!;
        Assert.Equal("""{"name":"last","kind":"value","exists":true,"value":10}""", states[0]!.ToJsonString());
        Assert.Equal("""{"name":"all","kind":"list","size":3,"values":[10,20,10]}""", states[1]!.ToJsonString());
        Assert.Equal(
            """[{"key":10,"value":2},{"key":20,"value":1}]""",
            new JsonArray([.. states[2]!["entries"]!.AsArray().OrderBy(entry => (long)entry!["key"]!).Select(entry => entry!.DeepClone())])
                .ToJsonString());
        Assert.Equal("""{"name":"count","kind":"aggregating","exists":true,"value":3}""", states[3]!.ToJsonString());

        JsonNode none = JsonNode.Parse(job.ReadState("kinds", "7"))!["states"]!;
        Assert.Equal("""{"name":"last","kind":"value","exists":false}""", none[0]!.ToJsonString());
        Assert.Equal("""{"name":"count","kind":"aggregating","exists":false}""", none[3]!.ToJsonString());

        Push(job, (1, 30));
        Assert.Equal(["1 1", "1 2", "1 3", "1 4", "2 1"], _results.Rows.Select(row => row.Row).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_windows_are_shown_with_the_result_that_they_would_give_now(bool asBytes)
    {
        using JobHarness job = Start(
            rows => rows.KeyBy(row => row.Key).Window(Sliding.Of(10 * Second, 5 * Second)).Lateness(5 * Second).Named("counts")
                .Aggregate(w => (w.Count(), w.Sum(row => row.Time))).Map(result => $"{result.Key} {result.Window.End} {result.Value}")
                .To("out", _results),
            2,
            asBytes);
        Push(job, (1, 1_000), (1, 6_000), (2, 11_000), (1, 12_000), (2, 12_000), (2, 16_000));

        // Rows of a slice come to the window when the slice has ended, or with a barrier.
        job.Snapshot();
        JsonNode windows = JsonNode.Parse(job.ReadState("counts", "1"))!["windows"]!;
        Assert.Equal(
            ["00:00:05 00:00:15 True [2,18000]", "00:00:10 00:00:20 False [1,12000]"],
            windows.AsArray().Select(window =>
                $"{Time(window!["start"]!)} {Time(window["end"]!)} {(bool)window["fired"]!} {window["value"]!.ToJsonString()}"));
        Assert.Equal(windows.ToJsonString(), JsonNode.Parse(job.ReadState("counts", "1"))!["windows"]!.ToJsonString());
        _results.Rows.Clear();
        Push(job, (2, 60_000));
        Assert.Contains(_results.Rows, row => row.Row.StartsWith("1 1970-01-01T00:00:20.000Z (1, 12000)", StringComparison.Ordinal));
        Assert.Null(JsonNode.Parse(job.ReadState("counts", "1"))!["windows"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sessions_and_windows_of_counts_are_shown(bool asBytes)
    {
        using JobHarness job = Start(
            rows =>
            {
                KeyedStream<Sale, int> keyed = rows.KeyBy(row => row.Key);
                keyed.Window(Session.WithGap(5 * Second)).Named("sessions").Aggregate(w => w.Count()).Map(result => "").To("one", _results);
                keyed.Window(Global.Of(3)).Named("of-3").Aggregate(w => w.Count()).Map(result => "").To("two", _results);
            },
            1,
            asBytes,
            outOfOrderness: 60);
        Push(job, (1, 1_000), (1, 2_000), (1, 9_000), (2, 9_000));

        Assert.Equal(
            ["00:00:01 00:00:07 2", "00:00:09 00:00:14 1"],
            JsonNode.Parse(job.ReadState("sessions", "1"))!["windows"]!.AsArray()
                .Select(one => $"{Time(one!["start"]!)} {Time(one["end"]!)} {one["value"]}"));
        Assert.Null(JsonNode.Parse(job.ReadState("sessions", "5"))!["windows"]);
        Push(job, (1, 10_000));
        Assert.Equal(1, (int)JsonNode.Parse(job.ReadState("of-3", "1"))!["windows"]![0]!["value"]!);
        Assert.Null(JsonNode.Parse(job.ReadState("of-3", "5"))!["windows"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Windows_that_keep_their_rows_are_shown_with_them(bool asBytes)
    {
        using JobHarness job = Start(
            rows => rows.KeyBy(row => row.Key).Window(Tumbling.Of(10 * Second)).Named("rows").Process(() => new Nothing()).To("out", _results),
            2,
            asBytes,
            outOfOrderness: 60);
        Push(job, (1, 12_000), (1, 1_000), (2, 3_000), (1, 2_000));

        JsonArray windows = JsonNode.Parse(job.ReadState("rows", "1"))!["windows"]!.AsArray();
        Assert.Equal(
            ["00:00:00 00:00:01 00:00:02", "00:00:10 00:00:12"],
            windows.Select(window =>
                $"{Time(window!["start"]!)} {string.Join(' ', window["rows"]!.AsArray().Select(row => Time(row!["time"]!)))}"));
        Assert.Equal("""{"name":"calls","kind":"value","exists":false}""", windows[0]!["states"]![0]!.ToJsonString());
    }

    [Fact]
    public void Rows_that_wait_for_a_join_are_shown()
    {
        using JobHarness job = Start(
            rows =>
            {
                KeyedStream<Sale, int> keyed = rows.KeyBy(row => row.Key);
                keyed.Join(keyed).Within(-Second, Second).Inner((left, right) => $"{left.Time} {right.Time}", "pairs").To("out", _results);
            },
            1,
            asBytes: false);
        Push(job, (1, 1_000), (1, 1_500));
        JsonNode left = JsonNode.Parse(job.ReadState("pairs", "1"))!["states"]![0]!;
        Assert.Equal(("left", 2), ((string)left["name"]!, (int)left["size"]!));
    }

    [Fact]
    public void What_cannot_be_asked_for_is_told()
    {
        using JobHarness job = Start(Kinds, 1, asBytes: false);
        Assert.Equal(
            "'x' is no key: it is the string 'x' where an integer of 32 bits must be. The keys are int32.",
            Assert.Throws<StateQueryException>(() => job.ReadState("kinds", "x")).Message);
    }

    [Fact]
    public void A_list_that_is_long_is_cut_and_one_that_is_too_large_is_refused()
    {
        using JobHarness job = Start(
            rows => rows.KeyBy(row => row.Key).Process(() => new Growing(), "growing").To("out", _results), 1, asBytes: false);
        Push(job, (1, 1_500));
        JsonNode list = JsonNode.Parse(job.ReadState("growing", "1"))!["states"]![0]!;
        Assert.Equal((1_500, true, 1_000), ((int)list["size"]!, (bool)list["truncated"]!, list["values"]!.AsArray().Count));
        Push(job, (2, 1_000_000));
        StateQueryException tooLarge = Assert.Throws<StateQueryException>(() => job.ReadState("growing", "2"));
        Assert.Contains("more than 512 KiB", tooLarge.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_to_a_task_that_has_ended_is_answered()
    {
        JobHarness job = Start(Kinds, 1, asBytes: false);
        job.IsPinned = true;
        job.Cancel();
        Assert.Contains("has ended", Assert.Throws<InvalidOperationException>(() => job.ReadState("kinds", "1")).Message, StringComparison.Ordinal);
        job.Dispose();
    }

    private static string Time(JsonNode time) => ((string)time!).Substring(11, 8);

    private void Kinds(Stream<Sale> rows) => rows.KeyBy(row => row.Key).Process(() => new AllKinds(), "kinds").To("out", _results);

    private JobHarness Start(Action<Stream<Sale>> define, int parallelism, bool asBytes, int outOfOrderness = 0) => new(
        job => define(job.Source("sales", _source).Watermarks(new WatermarkStrategy<Sale> { OutOfOrderness = outOfOrderness * Second })),
        parallelism,
        services: asBytes ? static _ => new ByteStateBackend() : null);

    private void Push(JobHarness job, params (int Key, long Time)[] rows)
    {
        foreach ((int key, long time) in rows)
        {
            _source.Push(new Sale(key, time), time);
        }

        job.Run();
    }

    private sealed class AllKinds : KeyedProcessFunction<int, Sale, string>
    {
        private ValueState<long> _last = null!;
        private ListState<long> _all = null!;
        private MapState<long, int> _counts = null!;
        private AggregatingState<Sale, long> _count = null!;

        public override void Open(KeyedStateContext state)
        {
            _last = state.Value<long>("last");
            _all = state.List<long>("all");
            _counts = state.Map<long, int>("counts");
            _count = state.Aggregating("count", default(AggregateBuilder<Sale>).Count());
        }

        public override void Process(in Sale row, KeyedContext<int, string> context)
        {
            _last.Value = row.Time;
            _all.Add(row.Time);
            _counts.Set(row.Time, _counts.TryGet(row.Time, out int before) ? before + 1 : 1);
            _count.Add(row);
            context.Emit($"{context.Key} {_count.Result}");
        }
    }

    private sealed class Growing : KeyedProcessFunction<int, Sale, string>
    {
        private ListState<long> _all = null!;
        private ValueState<string> _text = null!;

        public override void Open(KeyedStateContext state)
        {
            _all = state.List<long>("all");
            _text = state.Value<string>("text");
        }

        public override void Process(in Sale row, KeyedContext<int, string> context)
        {
            if (row.Key == 1)
            {
                for (long i = 0; i < row.Time; i++)
                {
                    _all.Add(i);
                }
            }
            else
            {
                _text.Value = new string('x', (int)row.Time);
            }
        }
    }

    private sealed class Nothing : WindowFunction<int, Sale, string>
    {
        public override void Open(KeyedStateContext state) => state.Value<long>("calls");

        public override void Process(WindowRows<Sale> rows, WindowContext<int, string> context)
        {
        }
    }
}
