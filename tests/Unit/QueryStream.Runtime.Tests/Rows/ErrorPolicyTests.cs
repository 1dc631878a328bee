using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tests.Jobs;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Functions;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Rows;

/// <summary>Rows 0 to 9 of one split; functions throw for 3 and 7.</summary>
public sealed class ErrorPolicyTests
{
    private const int Many = 3_000;

    private static readonly SideOutput<string> Side = new("side");

    private readonly HarnessSource<int> _source = new(splits: 2) { ElementsPerPoll = 100 };
    private readonly HarnessSink<string> _sink = new();
    private readonly HarnessSink<string> _side = new();
    private readonly HarnessSink<DeadLetter> _letters = new();

    public static TheoryData<string> Operators => new("Map", "Filter", "FlatMap", "Process", "KeyedProcess");

    private static string[] Good => ["0", "1", "2", "4", "5", "6", "8", "9"];

    [Theory]
    [MemberData(nameof(Operators))]
    public void A_function_that_throws_is_named_with_its_subtask_and_the_offset_of_the_row(string kind)
    {
        using JobHarness job = Run(numbers => Apply(kind, numbers, ErrorPolicy.Fail), parallelism: 2, split: 1);
        Assert.NotNull(job.Failure);
        Assert.Equal(kind, job.Failure.Operator);
        Assert.IsType<TestFailure>(job.Failure.Cause);
        if (kind == "KeyedProcess")
        {
            // Behind an exchange the rows of a batch come from anywhere.
            // Which of the two keys comes first is left to chance.
            string position = job.Failure.Position!;
            int row = position.Contains("key 7,", StringComparison.Ordinal) || position.Contains("at offset 7 ", StringComparison.Ordinal) ? 7 : 3;
            Places.AssertRow(
                job.Failure.Position,
                $"offset {row} of split split-1",
                "Source: numbers (2/2)",
                "split split-1",
                $"key {row}, time 1970-01-01T00:00:00.00{row}Z, {row}");
        }
        else
        {
            Assert.Equal(1, job.Failure.Task.Subtask);
            Assert.Equal("at offset 3 of split split-1", job.Failure.Position);
        }
    }

    [Fact]
    public void The_failure_of_a_task_tells_all_of_it_in_one_line()
    {
        RowFailedException row = new("at offset 3 of split split-1", new TestFailure());
        Assert.Equal(
            $"Map (2/4) failed: TestFailure: {new TestFailure().Message} (at offset 3 of split split-1)",
            new TaskFailedException("Map", 1, 4, row).Message);
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void Rows_that_are_skipped_are_counted_and_the_others_pass(string kind)
    {
        using JobHarness job = Run(numbers => Apply(kind, numbers, ErrorPolicy.Skip));
        Assert.Null(job.Failure);
        Assert.Equal(Good, _sink.Take().Order());
        Assert.Equal(2, DeadLettersOf(job, "function-failed"));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void Dead_letters_hold_operator_position_reason_and_row(string kind)
    {
        using JobHarness job = Run(numbers => Apply(kind, numbers, ErrorPolicy.DeadLetter));
        Assert.Equal(Good, _sink.Take().Order());
        Assert.Equal(2, DeadLettersOf(job, "function-failed"));
        DeadLetter[] letters = [.. _letters.Take()];
        Assert.Equal(["3", "7"], letters.Select(letter => System.Text.Encoding.UTF8.GetString(letter.Value!)).Order());
        Assert.All(letters, letter => Assert.Equal(("function-failed", kind), (letter.Reason, letter.Topic)));
        Assert.All(letters, letter => Assert.StartsWith("TestFailure: ", letter.Detail, StringComparison.Ordinal));
        if (kind != "KeyedProcess")
        {
            Assert.Equal([(0, 3L), (0, 7L)], letters.Select(letter => (letter.Partition, letter.Offset)));
        }
    }

    [Theory]
    [InlineData("FlatMap")]
    [InlineData("Process")]
    [InlineData("KeyedProcess")]
    public void What_was_emitted_for_a_row_that_failed_is_taken_back(string kind)
    {
        string[] expected = [.. Good.SelectMany(row => Enumerable.Range(0, Many).Select(i => $"{row}.{i}")).Order(StringComparer.Ordinal)];
        using JobHarness job = Run(numbers =>
        {
            OperatorStream<string> stream = ApplyMany(kind, numbers).OnError(ErrorPolicy.Skip);
            (stream as ProcessStream<string>)?.Side(Side).To("side", _side);
            return stream;
        });
        Assert.Null(job.Failure);
        Assert.Equal(expected, _sink.Take().Order(StringComparer.Ordinal));
        if (kind != "FlatMap")
        {
            Assert.Equal(expected, _side.Take().Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void A_timer_that_throws_is_named_by_its_time_and_can_be_skipped()
    {
        using (JobHarness job = Run(numbers => numbers.KeyBy(n => n).Process(() => new Timers(), "timers")))
        {
            Assert.Equal("timers", job.Failure!.Operator);
            Assert.Equal($"in the timer of {new EventTime(3)} of key 3", job.Failure.Position);
        }

        _sink.Rows.Clear();
        HarnessSource<int> again = new();
        using JobHarness skipping = new(builder =>
            builder.Source("numbers", again).KeyBy(n => n).Process(() => new Timers(), "timers").OnError(ErrorPolicy.Skip).To("sink", _sink));
        for (int i = 0; i < 10; i++)
        {
            again.Push(i, i);
        }

        again.EndAll();
        skipping.Run();
        Assert.Equal(Good, _sink.Take());
        Assert.Equal(2, DeadLettersOf(skipping, "function-failed"));
    }

    [Fact]
    public void A_row_without_a_key_fails_the_job_and_the_receiver_is_named()
    {
        using JobHarness job = Run(numbers => numbers.KeyBy(KeyOf).Process(() => new Echo<string>(), "echo"), parallelism: 2);
        Assert.Equal("echo", job.Failure!.Operator);
        Assert.IsType<NullKeyException>(job.Failure.Cause);
        Assert.Equal("at offset 3 of split split-0", job.Failure.Position);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_row_without_a_key_can_be_skipped_or_become_a_dead_letter(int parallelism)
    {
        using JobHarness job = Run(
            numbers =>
            {
                KeyedStream<int, string> keyed = numbers.KeyBy(KeyOf).OnError(ErrorPolicy.DeadLetter);
                keyed.Errors.To("letters", _letters);
                return keyed.Process(() => new Echo<string>(), "echo");
            },
            parallelism);
        Assert.Null(job.Failure);
        Assert.Equal(Good, _sink.Take().Order());
        Assert.Equal([3L, 7L], _letters.Rows.Select(letter => letter.Row.Offset));
        Assert.All(_letters.Rows, letter => Assert.Equal("null-key", letter.Row.Reason));
        Assert.Equal(2, DeadLettersOf(job, "null-key"));
    }

    [Fact]
    public void A_row_that_goes_on_to_an_operator_that_throws_is_not_the_fault_of_the_one_before()
    {
        using JobHarness job = Run(numbers => numbers
            .FlatMap<int>((n, emit) => emit(n)).OnError(ErrorPolicy.Skip)
            .Map(n => Check(n)));
        Assert.Equal("Map", job.Failure!.Operator);
        Assert.Equal(0, DeadLettersOf(job, "function-failed"));
    }

    [Fact]
    public void Dead_letters_of_an_operator_that_makes_none_are_refused_when_the_job_is_defined()
    {
        JobDefinitionException refused = Assert.Throws<JobDefinitionException>(() => Run(numbers =>
        {
            OperatorStream<string> stream = numbers.Map(Check);
            stream.Errors.To("letters", _letters);
            return stream;
        }));
        Assert.Contains("Map has no dead letters", refused.Message, StringComparison.Ordinal);
        Assert.Throws<JobDefinitionException>(() => Run(numbers => numbers.Map(Check).OnError((ErrorPolicy)9)));
    }

    private static string KeyOf(int n) => n % 4 == 3 ? null! : "key";

    private static string Check(int n) => n % 4 == 3 ? throw new TestFailure() : $"{n}";

    private Stream<string> Apply(string kind, Stream<int> numbers, ErrorPolicy policy) => kind switch
    {
        "Map" => With(policy, numbers.Map(Check)),
        "Filter" => With(policy, numbers.Filter(n => Check(n) is not null)).Map(n => $"{n}"),
        "FlatMap" => With(policy, numbers.FlatMap<string>((n, emit) => emit(Check(n)))),
        "Process" => With(policy, numbers.Process(() => new PlainRows(1))),
        _ => With(policy, numbers.KeyBy(n => n).Process(() => new KeyedRows(1))),
    };

    private OperatorStream<T> With<T>(ErrorPolicy policy, OperatorStream<T> stream)
    {
        stream.OnError(policy);
        if (policy == ErrorPolicy.DeadLetter)
        {
            stream.Errors.To("letters", _letters);
        }

        return stream;
    }

    private static OperatorStream<string> ApplyMany(string kind, Stream<int> numbers) => kind switch
    {
        "FlatMap" => numbers.FlatMap<string>((n, emit) =>
        {
            for (int i = 0; i < Many; i++)
            {
                emit($"{n}.{i}");
            }

            Check(n);
        }),
        "Process" => numbers.Process(() => new PlainRows(Many)),
        _ => numbers.KeyBy(n => n).Process(() => new KeyedRows(Many)),
    };

    private static long DeadLettersOf(JobHarness job, string reason) =>
        job.Metrics.Sum(metrics => metrics.DeadLetters.TryGetValue(reason, out Streams.Metrics.Counter? counter) ? counter.Value : 0);

    private JobHarness Run(Func<Stream<int>, Stream<string>> define, int parallelism = 1, int split = 0)
    {
        JobHarness job = new(builder => define(builder.Source("numbers", _source)).To("sink", _sink), parallelism);
        for (int i = 0; i < 10; i++)
        {
            _source.Push(i, i, split);
        }

        job.Run();
        _source.EndAll();
        job.Run();
        return job;
    }

    private sealed class PlainRows(int copies) : ProcessFunction<int, string>
    {
        public override void Process(in int row, ProcessContext<string> context)
        {
            for (int i = 0; i < copies; i++)
            {
                string text = copies == 1 ? $"{row}" : $"{row}.{i}";
                context.Emit(text);
                context.Emit(Side, text);
            }

            Check(row);
        }
    }

    private sealed class KeyedRows(int copies) : KeyedProcessFunction<int, int, string>
    {
        public override void Process(in int row, KeyedContext<int, string> context)
        {
            for (int i = 0; i < copies; i++)
            {
                string text = copies == 1 ? $"{row}" : $"{row}.{i}";
                context.Emit(text);
                context.Emit(Side, text);
            }

            Check(row);
        }
    }

    private sealed class Timers : KeyedProcessFunction<int, int, string>
    {
        public override void Process(in int row, KeyedContext<int, string> context) => context.SetTimer(context.Time);

        public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<int, string> context) => context.Emit(Check(context.Key));
    }

    private sealed class Echo<TKey> : KeyedProcessFunction<TKey, int, string>
    {
        public override void Process(in int row, KeyedContext<TKey, string> context) => context.Emit($"{row}");
    }
}
