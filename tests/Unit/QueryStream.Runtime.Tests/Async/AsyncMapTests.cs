using QueryStream.Core.Errors;
using QueryStream.Runtime.Tests.Jobs;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Functions;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Async;

public sealed class AsyncMapTests
{
    private readonly HarnessSource<int> _source = new();
    private readonly HarnessSink<string> _sink = new();
    private readonly HarnessSink<DeadLetter> _letters = new();
    private readonly ManualCalls<int, string> _calls = new();

    [Fact]
    public void Answers_go_on_in_the_order_of_their_rows()
    {
        using JobHarness job = Start(new AsyncOptions());
        Push(job, 1, 2, 3);
        Answer(job, 3, 1);
        Assert.Equal(["1"], _sink.Take());
        Answer(job, 2);
        Assert.Equal(["2", "3"], _sink.Take());
    }

    // Two rows of a poll must be in one batch.
    [Fact]
    [Trait("Hostile", "No")]
    public void Without_order_answers_go_on_as_they_come_but_stay_behind_watermarks_that_were_before_their_rows()
    {
        _source.ElementsPerPoll = 2;
        using JobHarness job = Start(new AsyncOptions { IsOrdered = false });
        Push(job, 1, 2);
        Push(job, 3, 4);
        Answer(job, 4, 2);
        Assert.Equal(["2"], _sink.Take());
        Answer(job, 1);
        Assert.Equal(["1", "4"], _sink.Take());
        Answer(job, 3);
        Assert.Equal(["3"], _sink.Take());
    }

    [Fact]
    public void Answers_have_the_event_time_of_their_rows_and_no_watermark_overtakes_them()
    {
        using JobHarness job = new(builder => builder.Source("rows", _source)
            .MapAsync(_calls.CallAsync, name: "ask")
            .Process(() => new Times()).To("sink", _sink));
        Push(job, 1, 2, 3);
        Answer(job, 3, 2);
        Assert.Empty(_sink.Take());
        Answer(job, 1);
        Assert.Equal(["1 at 1 after -∞", "2 at 2 after 0", "3 at 3 after 1"], _sink.Take());
    }

    [Fact]
    public void No_more_rows_are_under_way_than_may_be_and_the_source_waits()
    {
        using JobHarness job = Start(new AsyncOptions { InFlight = 3 });
        Push(job, [.. Enumerable.Range(0, 10)]);
        Assert.Equal([0, 1, 2], _calls.Pending.Order());
        Assert.InRange(_source.Waiting, 5, 7);

        // The result of the last call waits for the others, and so occupies its slot.
        Answer(job, 2);
        Assert.Equal([0, 1], _calls.Pending.Order());
        Answer(job, 0);
        Assert.Equal([1, 3], _calls.Pending.Order());
        Answer(job, 1, 3, 4, 5, 6, 7, 8, 9);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), _sink.Take());
    }

    // The bound is that of batches of the usual size.
    [Fact]
    [Trait("Hostile", "No")]
    public void A_row_that_becomes_very_many_does_not_fill_the_memory_before_an_asynchronous_function()
    {
        int emitted = 0;
        using JobHarness job = new(builder => builder.Source("rows", _source)
            .FlatMap<int>((row, emit) => emit(row))
            .FlatMap<int>((row, emit) =>
            {
                for (int i = 0; i < 2_000; i++)
                {
                    emitted++;
                    emit(row);
                }
            })
            .MapAsync(_calls.CallAsync, new AsyncOptions { InFlight = 10 }, "ask").To("sink", _sink));
        _source.ElementsPerPoll = 1_000;
        Push(job, [.. Enumerable.Range(0, 50)]);
        Assert.Equal(10, _calls.Pending.Count);
        Assert.InRange(emitted, 2_000, 20_000);
        while (_calls.Pending.Count > 0)
        {
            for (int i = _calls.Pending.Count; i > 0; i--)
            {
                _calls.CompleteAt(0, row => ($"{row}", null));
            }

            job.Run();
        }

        Assert.Equal(100_000, _sink.Rows.Count);
    }

    [Fact]
    public void A_row_that_takes_too_long_fails_the_job_and_its_call_is_given_up()
    {
        using JobHarness job = Start(new AsyncOptions { Timeout = TimeSpan.FromSeconds(2) });
        Push(job, 1, 2);
        job.Advance(TimeSpan.FromSeconds(1.9));
        Answer(job, 1);
        Assert.Null(job.Failure);
        job.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("ask", job.Failure!.Operator);
        Assert.Equal("at offset 1 of split split-0", job.Failure.Position);
        Assert.Equal("No answer within 2s, after 1 attempt.", Assert.IsType<FunctionTimeoutException>(job.Failure.Cause).Message);
        Assert.Equal(1, _calls.Cancelled);
        Assert.Empty(_calls.Pending);
    }

    [Fact]
    public void A_row_that_takes_too_long_can_become_a_dead_letter_and_a_late_answer_is_nobodys()
    {
        // This function ignores its token.
        using JobHarness job = Start(new AsyncOptions { Timeout = TimeSpan.FromSeconds(2) }, ErrorPolicy.DeadLetter, observesToken: false);
        Push(job, 1, 2);
        Answer(job, 2);
        job.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(["2"], _sink.Take());
        DeadLetter letter = Assert.Single(_letters.Take());
        Assert.Equal(("ask", 0, 0L, "timed-out"), (letter.Topic, letter.Partition, letter.Offset, letter.Reason));
        Answer(job, 1);
        Assert.Empty(_sink.Take());
        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
    }

    [Fact]
    public void A_row_is_asked_for_again_after_errors_and_pauses()
    {
        using JobHarness job = Start(new AsyncOptions { Retries = 2, RetryDelay = TimeSpan.FromSeconds(1) });
        Push(job, 1);
        Fail(job, 1);
        Assert.Empty(_calls.Pending);
        job.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Empty(_calls.Pending);
        job.Advance(TimeSpan.FromSeconds(0.2));
        Fail(job, 1);
        job.Advance(TimeSpan.FromSeconds(1));
        Answer(job, 1);
        Assert.Equal(["1"], _sink.Take());
        Assert.Equal([1, 1, 1], _calls.Arguments);
    }

    [Fact]
    public void The_last_error_fails_the_job_when_all_retries_are_used_up()
    {
        using JobHarness job = Start(new AsyncOptions { Retries = 1 });
        Push(job, 1);
        Fail(job, 1);
        Assert.Null(job.Failure);
        Fail(job, 1);
        Assert.IsType<TestFailure>(job.Failure!.Cause);
        Assert.Equal("ask", job.Failure.Operator);
    }

    [Fact]
    public void Only_errors_that_the_job_wants_are_tried_again()
    {
        using JobHarness job = Start(new AsyncOptions { Retries = 5, RetryOn = e => e is TimeoutException }, ErrorPolicy.Skip);
        Push(job, 1, 2);
        _calls.Fail(1, new TimeoutException());
        _calls.Fail(2, new TestFailure());
        job.Run();
        Assert.Equal([1], _calls.Pending);
        Answer(job, 1);
        Assert.Equal(["1"], _sink.Take());
    }

    [Fact]
    public void Retries_end_with_the_time_of_the_row()
    {
        using JobHarness job = Start(
            new AsyncOptions { Retries = 100, RetryDelay = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(3.5) }, ErrorPolicy.Skip);
        Push(job, 1);
        for (int second = 0; second < 5; second++)
        {
            if (_calls.Pending.Count > 0)
            {
                Fail(job, 1);
            }

            job.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(4, _calls.Arguments.Count);
        Assert.Equal(1, job.Metrics.Sum(metrics => metrics.DeadLetters.GetValueOrDefault("timed-out")?.Value ?? 0));
    }

    [Fact]
    public void A_function_that_throws_at_once_fails_like_one_that_throws_later()
    {
        using JobHarness job = new(builder => builder.Source("rows", _source)
            .MapAsync<string>((row, _) => row == 2 ? throw new TestFailure() : Task.FromResult($"{row}"), name: "ask")
            .OnError(ErrorPolicy.Skip).To("sink", _sink));
        Push(job, 1, 2, 3);
        Assert.Equal(["1", "3"], _sink.Take());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(2, 1)]
    public void Rows_under_way_are_in_the_snapshot_and_are_asked_for_again(int before, int after)
    {
        HarnessSnapshot snapshot;
        AsyncOptions options = new() { InFlight = 3 };
        using (JobHarness job = Start(options, parallelism: before))
        {
            Push(job, 1, 2, 3, 4);
            Answer(job, 1, 3);
            Assert.Equal(["1"], _sink.Take());
            snapshot = job.Snapshot();

            // Rows after the barrier are not part of this snapshot.
            Answer(job, 2);
        }

        _sink.Rows.Clear();
        _calls.Arguments.Clear();
        using JobHarness restored = JobHarness.Restore(builder => Define(builder, options, ErrorPolicy.Fail, observesToken: true), snapshot, after);
        Assert.Equal([2, 3, 4], _calls.Arguments.Order());
        Answer(restored, 4, 3, 2);
        Assert.Equal(["2", "3", "4"], _sink.Take());
        _source.EndAll();
        restored.Run();
        Assert.True(restored.IsFinished);
    }

    [Fact]
    public void A_barrier_does_not_wait_for_answers_but_the_end_does()
    {
        using JobHarness job = Start(new AsyncOptions());
        Push(job, 1);
        job.Snapshot();
        _source.EndAll();
        job.Run();
        Assert.False(job.IsFinished);
        Answer(job, 1);
        Assert.Equal(["1"], _sink.Take());
        Assert.True(job.IsFinished);
    }

    [Fact]
    public void Calls_are_given_up_when_the_task_is_cancelled()
    {
        using JobHarness job = Start(new AsyncOptions());
        Push(job, 1, 2);
        job.Cancel();
        Assert.Equal(2, _calls.Cancelled);
        Assert.True(job.HasStopped);
    }

    [Fact]
    public void Impossible_options_are_refused_when_the_job_is_defined()
    {
        foreach ((string why, AsyncOptions options) in new (string, AsyncOptions)[]
        {
            ("InFlight is 0;", new() { InFlight = 0 }),
            ("Timeout is 0ms;", new() { Timeout = TimeSpan.Zero }),
            ("Timeout is 2d;", new() { Timeout = TimeSpan.FromDays(2) }),
            ("Retries is -1;", new() { Retries = -1 }),
            ("RetryDelay is -1s;", new() { RetryDelay = TimeSpan.FromSeconds(-1) }),
        })
        {
            Assert.Contains(why, Assert.Throws<JobDefinitionException>(() => Start(options)).Message, StringComparison.Ordinal);
        }
    }

    private JobHarness Start(AsyncOptions options, ErrorPolicy policy = ErrorPolicy.Fail, int parallelism = 1, bool observesToken = true) =>
        new(builder => Define(builder, options, policy, observesToken), parallelism);

    private void Define(StreamBuilder builder, AsyncOptions options, ErrorPolicy policy, bool observesToken)
    {
        OperatorStream<string> answers = builder.Source("rows", _source)
            .MapAsync((row, token) => _calls.CallAsync(row, observesToken ? token : CancellationToken.None), options, "ask")
            .OnError(policy);
        answers.To("sink", _sink);
        if (policy == ErrorPolicy.DeadLetter)
        {
            answers.Errors.To("letters", _letters);
        }
    }

    private void Push(JobHarness job, params int[] rows)
    {
        foreach (int row in rows)
        {
            _source.Push(row, row);
        }

        job.Run();
    }

    private void Answer(JobHarness job, params int[] rows)
    {
        foreach (int row in rows)
        {
            _calls.Answer(row, $"{row}");
            job.Run();
        }
    }

    private void Fail(JobHarness job, int row)
    {
        _calls.Fail(row, new TestFailure());
        job.Run();
    }

    private sealed class Times : ProcessFunction<string, string>
    {
        public override void Process(in string row, ProcessContext<string> context) => context.Emit(
            $"{row} at {context.Time.Milliseconds} after "
            + $"{(context.Watermark == Core.Time.EventTime.MinValue ? "-∞" : context.Watermark.Milliseconds)}");
    }
}
