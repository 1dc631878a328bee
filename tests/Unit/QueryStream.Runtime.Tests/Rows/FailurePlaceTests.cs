using QueryStream.Core.Time;
using QueryStream.Runtime.Tests.Jobs;
using QueryStream.Streams;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Rows;

/// <summary>
/// Rows 0 to 29, dealt out to three splits: row 7 is offset 2 of split 1. Code of the job throws for it, in one operator after the other.
/// </summary>
public sealed class FailurePlaceTests
{
    private const int Bad = 7;
    private const string Record = "offset 2 of split split-1";

    private static readonly Dictionary<string, Action<Stream<int>, ISink<string>>> InChain = new()
    {
        ["Map"] = (rows, sink) => rows.Map(Check).To("sink", sink),
        ["Filter"] = (rows, sink) => rows.Filter(row => Check(row) is not null).Map(Text).To("sink", sink),
        ["Filter before"] = (rows, sink) => rows.Filter(row => row % 2 == 1).Filter(row => row % 3 == 1).Map(Check).To("sink", sink),
        ["Skipping before"] = (rows, sink) => rows.Map(row => row is 1 or 10 ? throw new TestFailure() : row).OnError(ErrorPolicy.Skip).Map(Check)
            .To("sink", sink),
        ["FlatMap"] = (rows, sink) => rows.FlatMap<string>((row, emit) => emit(Check(row))).To("sink", sink),
        ["Process"] = (rows, sink) => rows.Process(() => new Plain()).To("sink", sink),
        ["CoProcess"] = (rows, sink) => rows.Connect(rows).Process(() => new Both()).To("sink", sink),
        ["MapAsync"] = (rows, sink) => rows.MapAsync((row, _) => Task.FromResult(Check(row)), name: "MapAsync").To("sink", sink),
        ["MapAsync, retry"] = (rows, sink) => rows.MapAsync<string>(
            (row, _) => row == Bad ? Task.FromException<string>(new TimeoutException()) : Task.FromResult(Text(row)),
            new AsyncOptions { Retries = 1, RetryOn = _ => throw new TestFailure() },
            "MapAsync, retry").To("sink", sink),
        ["Count"] = (rows, sink) => rows.Count("counter", row => Check(row) is not null).Map(Text).To("sink", sink),
        ["Sink: bad"] = (rows, _) => rows.To("bad", new BadSink()),
    };

    private static readonly Dictionary<string, Action<Stream<int>, ISink<string>>> OnTheWay = new()
    {
        ["echo of a key"] = (rows, sink) => rows.KeyBy(Check).Process(() => new Echo<string>(), "echo").To("sink", sink),
        ["echo of a partition"] = (rows, sink) => rows.PartitionBy((row, _) => row == Bad ? throw new TestFailure() : 0)
            .Process(() => new Plain(), "echo").To("sink", sink),
        ["echo of a partition that is not there"] = (rows, sink) => rows.PartitionBy((row, _) => row == Bad ? 99 : 0)
            .Process(() => new Plain(), "echo").To("sink", sink),
    };

    private static readonly Dictionary<string, Action<Stream<int>, ISink<string>>> BehindKey = new()
    {
        ["KeyedProcess"] = (rows, sink) => rows.KeyBy(Key).Process(() => new Keyed()).To("sink", sink),
        ["KeyedCoProcess"] = (rows, sink) => rows.KeyBy(Key).Connect(rows.Filter(_ => false).KeyBy(Key)).Process(() => new KeyedBoth())
            .To("sink", sink),
        ["KeyedBroadcastProcess"] = (rows, sink) => rows.KeyBy(Key).Connect(rows.Filter(_ => false).Broadcast()).Process(() => new KeyedShared())
            .To("sink", sink),
        ["Interval join"] = (rows, sink) => rows.KeyBy(Key).Join(rows.Filter(row => row == Bad).KeyBy(Key)).Within(TimeSpan.Zero, TimeSpan.Zero)
            .Inner((left, _) => Check(left)).To("sink", sink),
        ["Sum"] = (rows, sink) => Fold(rows, sink, all => all.Sum(row => (long?)Number(row))),
        ["CountIf"] = (rows, sink) => Fold(rows, sink, all => all.CountIf(row => Number(row) > 0)),
        ["CountDistinct"] = (rows, sink) => Fold(rows, sink, all => all.CountDistinct(Number)),
        ["Average"] = (rows, sink) => Fold(rows, sink, all => all.Average(row => (double?)Number(row))),
        ["Min"] = (rows, sink) => Fold(rows, sink, all => all.Min(row => (long?)Number(row))),
        ["MaxOf"] = (rows, sink) => Fold(rows, sink, all => all.MaxOf(Check)),
        ["First"] = (rows, sink) => Fold(rows, sink, all => all.First(Number)),
        ["Quantile"] = (rows, sink) => Fold(rows, sink, all => all.Quantile(row => Number(row), 0.5)),
        ["CountBy"] = (rows, sink) => Fold(rows, sink, all => all.CountBy(row => Core.Texts.Text.From(Check(row)))),
        ["Own"] = (rows, sink) => Fold(rows, sink, _ => new Own(onResult: false)),
        ["Two"] = (rows, sink) => rows.KeyBy(Key).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).OnePhase()
            .Aggregate(all => (all.Count(), all.Sum(row => (long?)Number(row)))).Map(result => $"{result.Value}").To("sink", sink),
        ["Session"] = (rows, sink) => Windowed(rows, Session.WithGap(TimeSpan.FromSeconds(1)), all => all.Sum(row => (long?)Number(row)))
            .To("sink", sink),
        ["Global"] = (rows, sink) => Windowed(rows, Global.Of(2), all => all.Sum(row => (long?)Number(row))).To("sink", sink),
        ["Trigger"] = (rows, sink) => rows.KeyBy(Key).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Trigger(() => new BadTrigger())
            .Process(() => new Lines()).To("sink", sink),
    };

    private static readonly Dictionary<string, (Action<Stream<int>, ISink<string>> Define, string Place)> WithoutRow = new()
    {
        ["Timer"] = (
            (rows, sink) => rows.KeyBy(Key).Process(() => new Timers(), "Timer").To("sink", sink),
            "in the timer of 1970-01-01T00:00:00.507Z of key k7"),
        ["Own"] = (
            (rows, sink) => Fold(rows, sink, _ => new Own(onResult: true)),
            "in the window from 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:01.000Z of key k7"),
        ["Own session"] = (
            (rows, sink) => Windowed(rows, Session.WithGap(TimeSpan.FromSeconds(1)), _ => new Own(onResult: true)).To("sink", sink),
            "in the window from 1970-01-01T00:00:00.007Z to 1970-01-01T00:00:01.007Z of key k7"),
        ["Own count"] = (
            (rows, sink) => Windowed(rows, Global.Of(5), _ => new Own(onResult: true)).To("sink", sink),
            "in the window from 1970-01-01T00:00:00.007Z to 1970-01-01T00:00:00.008Z of key k7"),
        ["Function"] = (
            (rows, sink) => rows.KeyBy(Key).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Process(() => new Lines()).To("sink", sink),
            "in the timer of 1970-01-01T00:00:00.999Z of the window from 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:01.000Z of key k7"),
        ["Window join"] = (
            (rows, sink) => rows.KeyBy(Key).Join(rows.KeyBy(Key)).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Inner((left, _) => Check(left))
                .To("sink", sink),
            "in the timer of 1970-01-01T00:00:00.999Z of key k7"),
        ["As-of join"] = (
            (rows, sink) => rows.KeyBy(Key).Join(rows.KeyBy(Key)).AsOf().Inner((left, _) => Check(left)).To("sink", sink),
            "in the timer of 1970-01-01T00:00:00.007Z of key k7"),
    };

    private readonly HarnessSource<int> _source = new(splits: 3) { ElementsPerPoll = 100 };
    private readonly HarnessSink<string> _sink = new();

    public static TheoryData<string, int> Chained => Cases(InChain.Keys);

    public static TheoryData<string, int> Sent => Cases(OnTheWay.Keys);

    public static TheoryData<string, int> Keys => Cases(BehindKey.Keys);

    public static TheoryData<string, int> Others => Cases(WithoutRow.Keys);

    [Theory]
    [MemberData(nameof(Chained))]
    public void In_the_task_of_the_source_the_record_is_named(string kind, int parallelism)
    {
        HarnessFailure failure = Run(InChain[kind], parallelism);
        Assert.Equal(kind is "Filter before" or "Skipping before" ? "Map" : kind, failure.Operator);
        Assert.Equal(parallelism == 3 ? 1 : 0, failure.Task.Subtask);
        Assert.Equal($"at {Record}", failure.Position);
    }

    [Theory]
    [MemberData(nameof(Sent))]
    public void A_failing_key_or_partition_function_is_named_with_the_record(string kind, int parallelism)
    {
        // With one subtask there is no choice, so that nobody asks before the receiver does.
        HarnessFailure? failure = TryRun(OnTheWay[kind], parallelism);
        if (parallelism == 1 && kind != "echo of a key")
        {
            return;
        }

        Assert.Equal("echo", failure!.Operator);
        Assert.Equal($"at {Record}", failure.Position);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_function_of_event_times_is_named_with_the_record(int parallelism)
    {
        JobHarness job = new(
            builder => builder.Source("numbers", _source).Watermarks(By(row => row == Bad ? throw new TestFailure() : new EventTime(row))).Map(Text)
                .To("sink", _sink),
            parallelism);
        HarnessFailure failure = Run(job);
        Assert.Equal("Source: numbers", failure.Operator);
        Assert.Equal($"when its event time was taken, at {Record}", failure.Position);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Behind_an_exchange_a_row_is_named_by_sender_range_key_time_and_text(string kind, int parallelism)
    {
        HarnessFailure failure = Run(BehindKey[kind], parallelism);
        if (parallelism == 1)
        {
            Assert.Equal($"at {Record}", failure.Position);
            return;
        }

        string sender = kind == "Interval join" && !failure.Position!.Contains("numbers", StringComparison.Ordinal) ? "Filter" : "Source: numbers";
        Places.AssertRow(failure.Position, Record, $"{sender} (2/3)", "split split-1", "key k7, time 1970-01-01T00:00:00.007Z, 7");
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Timers_and_windows_are_named_by_time_and_key(string kind, int parallelism)
    {
        HarnessFailure failure = Run(WithoutRow[kind].Define, parallelism);
        Assert.Equal(WithoutRow[kind].Place, failure.Position);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_first_phase_names_the_record(int parallelism)
    {
        // Until it has heard from the second phase it hands rows on, so two come first.
        JobHarness job = new(
            builder => builder.Source("numbers", _source).Watermarks(By(row => new EventTime(row))).KeyBy(Key)
                .Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Aggregate(all => all.Sum(row => (long?)Number(row))).Map(result => $"{result.Value}")
                .To("sink", _sink),
            parallelism);
        _source.Push(0, 0, 0);
        _source.Push(1, 1, 1);
        _source.Push(2, 2, 2);
        job.Run();
        HarnessFailure failure = Run(job, first: 3);
        Assert.Equal("LocalWindow", failure.Operator);
        Assert.Equal($"at {Record}", failure.Position);
        Assert.Equal(parallelism == 3 ? 1 : 0, failure.Task.Subtask);
    }

    [Theory]
    [InlineData("Reduce", 1)]
    [InlineData("Reduce", 3)]
    [InlineData("Top", 1)]
    [InlineData("Top", 3)]
    public void A_fold_that_throws_for_two_rows_of_a_key_names_the_later_one(string kind, int parallelism)
    {
        HarnessFailure failure = Run(
            (rows, sink) =>
            {
                WindowedStream<int, string> windows = rows.KeyBy(_ => "all").Window(Tumbling.Of(TimeSpan.FromSeconds(1))).OnePhase();
                Stream<string> results = kind == "Top"
                    ? windows.Aggregate(all => all.Top(2, Number)).Map(result => $"{result.Value}")
                    : windows.Reduce((left, right) => right == Bad ? throw new TestFailure() : right).Map(result => $"{result.Value}");
                results.To("sink", sink);
            },
            parallelism);
        if (parallelism == 1)
        {
            Assert.Equal($"at {Record}", failure.Position);
        }
        else
        {
            Places.AssertRow(failure.Position, Record, "Source: numbers (2/3)", "split split-1", "key all, time 1970-01-01T00:00:00.007Z, 7");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_sink_that_does_not_say_for_which_row_it_threw_has_its_batch_named(int parallelism)
    {
        HarnessFailure failure = Run((rows, _) => rows.To("bad", new BadSink { Names = false }), parallelism);
        Assert.Equal("Sink: bad", failure.Operator);
        Assert.Matches($"^at ({Record}|one of [0-9]+ rows, made of .*offsets? [0-9 to]+ of split split-1.*)$", failure.Position);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Dead_letters_counts_and_failures_say_the_same(int parallelism)
    {
        HarnessSink<DeadLetter> letters = new();
        JobHarness job = new(
            builder =>
            {
                OperatorStream<string> checkedRows = builder.Source("numbers", _source).Filter(row => row % 2 == 1).Map(Check)
                    .OnError(ErrorPolicy.DeadLetter);
                checkedRows.Errors.To("letters", letters);
                checkedRows.To("sink", _sink);
            },
            parallelism);
        Push(0);
        job.Run();
        string expected = $"TestFailure: {new TestFailure().Message} (at {Record}) in Map ({(parallelism == 3 ? 2 : 1)}/{parallelism})";
        Assert.Equal(expected, Assert.Single(letters.Take()).Detail);
        Assert.Equal($"{expected}; it went to Sink: letters", Assert.Single(job.Metrics.SelectMany(metrics => metrics.DeadLetterExamples)).Value);
        job.Dispose();
    }

    private static TheoryData<string, int> Cases(IEnumerable<string> kinds)
    {
        TheoryData<string, int> cases = [];
        foreach (string kind in kinds)
        {
            cases.Add(kind, 1);
            cases.Add(kind, 3);
        }

        return cases;
    }

    private static string Check(int row) => row == Bad ? throw new TestFailure() : Text(row);

    private static int Number(int row) => row == Bad ? throw new TestFailure() : row;

    private static WatermarkStrategy<int> By(Func<int, EventTime> time) => new() { EventTimeOf = time, OutOfOrderness = TimeSpan.FromSeconds(1) };

    private static string Text(int row) => $"{row}";

    private static string Key(int row) => $"k{row}";

    private static void Fold<TAccumulator, TOut>(
        Stream<int> rows, ISink<string> sink, Func<AggregateBuilder<int>, Aggregate<int, TAccumulator, TOut>> aggregate)
        where TAccumulator : struct => rows.KeyBy(Key).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).OnePhase().Aggregate(aggregate)
            .Map(result => $"{result.Value}").To("sink", sink);

    private static Stream<string> Windowed<TAccumulator, TOut>(
        Stream<int> rows, Windowing windows, Func<AggregateBuilder<int>, Aggregate<int, TAccumulator, TOut>> aggregate)
        where TAccumulator : struct => rows.KeyBy(Key).Window(windows).Aggregate(aggregate).Map(result => $"{result.Value}");

    private HarnessFailure Run(Action<Stream<int>, ISink<string>> define, int parallelism)
    {
        HarnessFailure? failure = TryRun(define, parallelism);
        Assert.NotNull(failure);
        Assert.IsType<TestFailure>(failure.Cause);
        return failure;
    }

    private HarnessFailure? TryRun(Action<Stream<int>, ISink<string>> define, int parallelism)
    {
        using JobHarness job = new(
            builder => define(builder.Source("numbers", _source).Watermarks(By(row => new EventTime(row))), _sink), parallelism);
        Push(0);
        job.Run();
        _source.EndAll();
        job.Run();
        return job.Failure;
    }

    private HarnessFailure Run(JobHarness job, int first = 0)
    {
        using (job)
        {
            Push(first);
            job.Run();
            Assert.NotNull(job.Failure);
            return job.Failure;
        }
    }

    private void Push(int first)
    {
        for (int row = first; row < 30; row++)
        {
            _source.Push(row, row, row % 3);
        }
    }

    private sealed class Plain : ProcessFunction<int, string>
    {
        public override void Process(in int row, ProcessContext<string> context) => context.Emit(Check(row));
    }

    private sealed class Both : CoProcessFunction<int, int, string>
    {
        public override void ProcessLeft(in int row, ProcessContext<string> context) => context.Emit(Text(row));

        public override void ProcessRight(in int row, ProcessContext<string> context) => context.Emit(Check(row));
    }

    private sealed class Echo<TKey> : KeyedProcessFunction<TKey, int, string>
    {
        public override void Process(in int row, KeyedContext<TKey, string> context) => context.Emit(Text(row));
    }

    private sealed class Keyed : KeyedProcessFunction<string, int, string>
    {
        public override void Process(in int row, KeyedContext<string, string> context) => context.Emit(Check(row));
    }

    private sealed class KeyedBoth : KeyedCoProcessFunction<string, int, int, string>
    {
        public override void ProcessLeft(in int row, KeyedContext<string, string> context) => context.Emit(Check(row));

        public override void ProcessRight(in int row, KeyedContext<string, string> context) => context.Emit(Check(row));
    }

    private sealed class KeyedShared : KeyedBroadcastProcessFunction<string, int, int, string>
    {
        public override void Process(in int row, KeyedContext<string, string> context) => context.Emit(Check(row));

        public override void ProcessBroadcast(in int row, ProcessContext<string> context) => context.Emit(Check(row));
    }

    private sealed class Timers : KeyedProcessFunction<string, int, string>
    {
        public override void Process(in int row, KeyedContext<string, string> context) => context.SetTimer(context.Time.Add(500));

        public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<string, string> context) =>
            context.Emit(Check(int.Parse(context.Key[1..], null)));
    }

    private sealed class Own(bool onResult) : Aggregate<int, long, long>
    {
        public override void Add(ref long accumulator, in int row) => accumulator += onResult ? row : Number(row);

        public override void Merge(ref long into, ref long from) => into += from;

        public override long Result(ref long accumulator, bool isFinal) => onResult ? Number((int)accumulator) : accumulator;
    }

    private sealed class Lines : WindowFunction<string, int, string>
    {
        public override void Process(WindowRows<int> rows, WindowContext<string, string> context) => context.Emit(Check(rows.Rows[0]));
    }

    private sealed class BadTrigger : Trigger<int>
    {
        public override TriggerResult OnRow(in int row, TriggerContext context) => row == Bad ? throw new TestFailure() : TriggerResult.Continue;
    }

    private sealed class BadSink : ISink<int>, ISinkWriter<int>
    {
        private SinkContext? _context;

        public bool Names { get; init; } = true;

        public bool IsFull => false;

        public bool IsFlushed => true;

        public ISinkWriter<int> CreateWriter(SinkContext context) => new BadSink { Names = Names, _context = context };

        public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Write(Batch<int> batch)
        {
            for (int row = 0; row < batch.Count; row++)
            {
                _context!.Row = Names ? row : -1;
                Check(batch.Rows[row]);
            }
        }

        public void Flush()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
