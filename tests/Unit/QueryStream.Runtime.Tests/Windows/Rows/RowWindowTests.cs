using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Windows.Rows;

public sealed class RowWindowTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly HarnessSource<Sale> _source = new();
    private readonly HarnessSink<string> _results = new();
    private readonly HarnessSink<long> _sizes = new();
    private readonly HarnessSink<Sale> _late = new();
    private readonly HarnessSink<DeadLetter> _errors = new();

    [Fact]
    public void A_function_sees_the_rows_of_each_window_in_order_and_has_state_of_the_window()
    {
        using JobHarness job = Start(keyed => keyed.Window(Sliding.Of(10 * Second, 5 * Second)).Lateness(5 * Second));
        Push(job, (1, 6_000), (1, 3_000), (2, 4_000), (1, 10_000), (1, 5_500));
        Assert.Equal(
            ["-5000..5000 1: 3000", "-5000..5000 1: 4000", "0..10000 1: 3000 6000", "0..10000 1: 4000", "0..10000 2: 3000 5500 6000"],
            Lines().Select(line => line[2..].Replace(" OnTime", "", StringComparison.Ordinal).Replace(" Update", "", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
        Assert.Equal([1, 1, 1, 2, 3], _sizes.Take().Order());
        Push(job, (1, 20_000), (1, 7_000));
        Assert.Equal(["1 5000..15000 OnTime 1: 5500 6000 10000", "1 10000..20000 OnTime 1: 10000"], Lines());
        Assert.Equal([new Sale(1, 7_000)], _late.Take());
        Assert.Equal(1, job.Metrics.Sum(metrics => metrics.LateDropped.Value));
    }

    [Fact]
    public void A_trigger_fires_by_rows_and_by_both_times_and_purges()
    {
        using JobHarness job = Start(keyed => keyed.Window(Tumbling.Of(10 * Second)).Trigger(() => new EveryOther()));
        Push(job, (1, 1_000));
        job.Advance(2 * Second);
        Assert.Equal(["1 0..10000 Early 1: 1000"], Lines());
        Push(job, (1, 2_000), (1, 3_000));
        Assert.Equal(["1 0..10000 Early 2: 1000 2000"], Lines());
        job.Advance(10 * Second);
        Assert.Empty(_results.Rows);
        Push(job, (2, 30_000));
        Assert.Equal(["1 0..10000 OnTime 3: 1000 2000 3000"], Lines());
    }

    [Fact]
    public void State_of_triggers_and_functions_and_their_timers_are_in_the_snapshot()
    {
        JobHarness job = Start(keyed => keyed.Window(Tumbling.Of(10 * Second)).Trigger(() => new EveryOther()));
        Push(job, (1, 1_000), (2, 1_500));
        HarnessSnapshot snapshot = job.Snapshot();
        job.Dispose();
        using JobHarness restored = JobHarness.Restore(
            Definition(keyed => keyed.Window(Tumbling.Of(10 * Second)).Trigger(() => new EveryOther())), snapshot, parallelism: 3);
        restored.Advance(2 * Second);
        Assert.Equal(["1 0..10000 Early 1: 1000", "2 0..10000 Early 1: 1500"], Lines().Order(StringComparer.Ordinal));
        Push(restored, (1, 2_000));
        Assert.Equal(["1 0..10000 Early 2: 1000 2000"], Lines());
        Push(restored, (3, 30_000));
        Assert.Equal(["1 0..10000 OnTime 3: 1000 2000", "2 0..10000 OnTime 2: 1500"], Lines().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_evictor_takes_rows_out_before_and_after_a_result()
    {
        using JobHarness job = Start(keyed => keyed.Window(Global.Every(3)).Evict(() => new LastTwo()));
        Push(job, (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6));
        Assert.Equal(["1 2..4 Early 1: 2 3", "1 5..7 Early 2: 5 6"], Lines());
        _source.EndAll();
        job.Run();
        Assert.Equal(["1 6..7 OnTime 3: 6"], Lines());
    }

    [Fact]
    public void When_sessions_become_one_the_trigger_sees_their_rows_again()
    {
        using JobHarness job = Start(
            keyed => keyed.Window(Session.WithGap(10 * Second)).Trigger(() => new EveryOther()), hasState: false, outOfOrderness: 100);
        Push(job, (1, 0), (1, 15_000), (1, 7_000));
        Assert.Empty(_results.Rows);

        // Rows 1 and 2 of the merged session, then 3, so the next one is the 4th.
        Push(job, (1, 8_000));
        Assert.Equal(["1 0..25000 Early : 0 7000 8000 15000"], Lines());
        Push(job, (2, 500_000));
        Assert.Equal(["1 0..25000 OnTime : 0 7000 8000 15000"], Lines());
    }

    [Fact]
    public void Early_results_come_with_the_clock()
    {
        using JobHarness job = Start(keyed => keyed.Window(Tumbling.Of(10 * Second)).Early(Second));
        Push(job, (1, 1_000));
        job.Advance(Second);
        Assert.Equal(["1 0..10000 Early 1: 1000"], Lines());
        job.Advance(5 * Second);
        Assert.Empty(_results.Rows);
        Push(job, (1, 20_000));
        Assert.Equal(["1 0..10000 OnTime 2: 1000"], Lines());
    }

    [Fact]
    public void An_exception_of_a_function_is_attributed_to_it_or_becomes_a_dead_letter()
    {
        using (JobHarness failing = Start(keyed => keyed.Window(Global.Of(1))))
        {
            _source.Push(new Sale(1, 13), 13);
            failing.Run();
            Assert.Equal("listing", failing.Failure?.Operator);
        }

        using JobHarness job = Start(keyed => keyed.Window(Tumbling.Of(10 * Second)), policy: ErrorPolicy.DeadLetter);
        Push(job, (1, 13), (2, 14), (2, 60_000));
        Assert.Contains("Thirteen.", Assert.Single(_errors.Take()).Detail, StringComparison.Ordinal);
        Assert.Equal(["2 0..10000 OnTime 1: 14"], Lines());
    }

    [Fact]
    public void What_windows_that_keep_their_rows_cannot_do_is_refused()
    {
        Refused(keyed => keyed.Window(Session.WithGap(Second)), "Session(1s) cannot have the state 'calls'");
        Refused(keyed => keyed.Windows(Tumbling.Of(Second), Tumbling.Of(2 * Second)), "Several kinds of window at once (Tumbling(1s), Tumbling(2s))");
        Refused(keyed => keyed.Window(Tumbling.Of(Second)).Early(Second).Trigger(() => new EveryOther()), "remove Early");
        Refused(keyed => keyed.Window(Tumbling.Of(Second)).ProcessingTime().Lateness(Second), "in processing time");
        JobDefinitionException codec =
            Assert.Throws<JobDefinitionException>(() => new JobHarness(job => job.Source("versions", new HarnessSource<Version>())
            .KeyBy(version => version.Major).Window(Global.Of(1)).Named("versions").Evict(() => new LenientEvictor<Version>())
                .Aggregate(w => w.Count())));
        Assert.Contains("Version", codec.Message, StringComparison.Ordinal);
    }

    private void Refused(Func<KeyedStream<Sale, int>, WindowedStream<Sale, int>> windows, string part) =>
        Assert.Contains(part, Assert.Throws<JobDefinitionException>(() => Start(windows)).Message, StringComparison.Ordinal);

    private JobHarness Start(
        Func<KeyedStream<Sale, int>, WindowedStream<Sale, int>> windows,
        bool hasState = true,
        long outOfOrderness = 0,
        ErrorPolicy policy = ErrorPolicy.Fail) =>
        new(Definition(windows, hasState, outOfOrderness * 1_000, policy));

    private Action<StreamBuilder> Definition(
        Func<KeyedStream<Sale, int>, WindowedStream<Sale, int>> windows,
        bool hasState = true,
        long outOfOrderness = 0,
        ErrorPolicy policy = ErrorPolicy.Fail) => job =>
    {
        KeyedStream<Sale, int> keyed = job.Source("sales", _source)
            .Watermarks(new WatermarkStrategy<Sale> { OutOfOrderness = TimeSpan.FromMilliseconds(outOfOrderness) })
            .KeyBy(sale => sale.Key);
        WindowProcessStream<Sale, string> results = windows(keyed).Named("listing").Process(() => new Listing(hasState)).OnError(policy);
        results.To("results", _results);
        results.Late.To("late", _late);
        results.Side(Listing.Sizes).To("sizes", _sizes);
        if (policy == ErrorPolicy.DeadLetter)
        {
            results.Errors.To("errors", _errors);
        }
    };

    private void Push(JobHarness job, params (int Key, long Time)[] sales)
    {
        foreach ((int key, long time) in sales)
        {
            _source.Push(new Sale(key, time), time);
            job.Run();
        }

        Assert.Null(job.Failure);
    }

    private List<string> Lines() => [.. _results.Take()];
}

/// <summary>Evicts nothing, so windows keep their rows and otherwise behave as without it.</summary>
internal sealed class LenientEvictor<T> : Evictor<T>
{
}

/// <summary>Keeps the last two rows for the result, and only the last one for the next.</summary>
internal sealed class LastTwo : Evictor<Sale>
{
    public override void Before(WindowRows<Sale> rows, Window window) => rows.KeepLast(2);

    public override void After(WindowRows<Sale> rows, Window window)
    {
        Sale last = rows.Rows[^1];
        rows.RemoveWhere((row, _) => row != last);
    }
}

/// <summary>Fires at every second row, two seconds of clock time after the first row, and when the window closes, and then purges.</summary>
internal sealed class EveryOther : Trigger<Sale>
{
    private ValueState<int> _rows = null!;

    public override void Open(KeyedStateContext state) => _rows = state.Value<int>("rows");

    public override TriggerResult OnRow(in Sale row, TriggerContext context)
    {
        _rows.Value++;
        context.SetTimer(context.Window.MaxTime);
        if (_rows.Value == 1)
        {
            context.SetProcessingTimeTimer(context.ProcessingTime.Add(2_000));
        }

        return _rows.Value % 2 == 0 ? TriggerResult.Fire : TriggerResult.Continue;
    }

    public override TriggerResult OnEventTime(EventTime time, TriggerContext context) =>
        time == context.Window.MaxTime ? TriggerResult.FireAndPurge : TriggerResult.Continue;

    public override TriggerResult OnProcessingTime(EventTime time, TriggerContext context) => TriggerResult.Fire;
}

/// <summary>Lists the rows of a window, and counts its calls.</summary>
internal sealed class Listing(bool hasState = true) : WindowFunction<int, Sale, string>
{
    public static readonly SideOutput<long> Sizes = new("sizes");

    private ValueState<int>? _calls;

    public override void Open(KeyedStateContext state) => _calls = hasState ? state.Value<int>("calls") : null;

    public override void Process(WindowRows<Sale> rows, WindowContext<int, string> context)
    {
        if (_calls is not null)
        {
            _calls.Value++;
        }

        List<string> times = [];
        foreach (Sale row in rows.Rows)
        {
            if (row.Time == 13)
            {
                throw new InvalidOperationException("Thirteen.");
            }

            times.Add($"{row.Time}");
        }

        context.Emit(Sizes, rows.Count);
        context.Emit(
            $"{context.Key} {context.Window.Start.Milliseconds}..{context.Window.End.Milliseconds} {context.Pane} {_calls?.Value}: "
            + $"{string.Join(' ', times)}");
    }
}
