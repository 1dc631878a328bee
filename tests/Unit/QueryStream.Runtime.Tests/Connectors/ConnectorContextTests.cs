using QueryStream.Core.Metrics;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Connectors;

public sealed class ConnectorContextTests
{
    private readonly HarnessSource<int> _numbers = new();

    [Fact]
    public void Work_outside_brings_its_value_into_a_turn()
    {
        TaskCompletionSource<int> answer = new();
        List<int> values = [];
        using JobHarness job = Run((context, number) => context.Start(_ => answer.Task, result => values.Add(number + result.Value)));
        Push(job, 1);
        Assert.Empty(values);

        Complete(answer, 41);
        job.Run();
        Assert.Equal([42], values);
    }

    [Fact]
    public void An_unhandled_exception_of_external_work_fails_the_task()
    {
        List<Exception?> failures = [];
        using JobHarness job = Run((context, number) => context.Start<int>(
            _ => throw new TimeoutException($"No answer to {number}"),
            result =>
            {
                failures.Add(result.Failure);
                if (number == 2)
                {
                    _ = result.Value;
                }
            }));
        Push(job, 1);
        Assert.IsType<TimeoutException>(Assert.Single(failures));
        Assert.Null(job.Failure);

        Push(job, 2);
        Assert.Equal(("Sink: outside", "No answer to 2"), (job.Failure!.Operator, job.Failure.Cause.Message));
    }

    [Fact]
    public void A_task_that_closes_cancels_work_outside_waits_for_it_and_calls_nothing_back()
    {
        int calls = 0;
        List<string> order = [];
        TaskCompletionSource<int> answer = new();
        using JobHarness job = Run(
            (context, _) =>
            {
                context.Start(
                    cancellationToken =>
                    {
                        cancellationToken.Register(() => order.Add("cancelled"));
                        return answer.Task;
                    },
                    _ => calls++);
                context.After(TimeSpan.FromSeconds(1), () => calls++);
            },
            () => order.Add("closed"));
        job.IsPinned = true;
        Push(job, 1);

        job.Cancel();
        job.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["cancelled"], order);
        Assert.False(job.HasStopped);

        Complete(answer, 1);
        job.Run();
        Assert.Equal((0, true), (calls, job.HasStopped));
        Assert.Equal(["cancelled", "closed"], order);
    }

    [Fact]
    public void A_delayed_callback_comes_at_its_time_unless_it_is_called_off()
    {
        List<(int Number, long At)> calls = [];
        List<IDisposable> timers = [];
        using JobHarness job = Run((context, number) => timers.Add(context.After(
            TimeSpan.FromSeconds(number), () => calls.Add((number, context.Time.GetUtcNow().ToUnixTimeMilliseconds())))));
        job.IsPinned = true;
        long start = job.Clock;
        Push(job, 3);
        Push(job, 1);
        Push(job, 2);
        timers[2].Dispose();

        job.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([(1, start + 1_000), (3, start + 3_000)], calls);
    }

    [Fact]
    public void A_delayed_callback_that_throws_fails_the_task_by_the_name_of_its_connector()
    {
        using JobHarness job = Run((context, _) => context.After(TimeSpan.FromSeconds(1), () => throw new TimeoutException("late")));
        job.IsPinned = true;
        Push(job, 1);
        job.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(("Sink: outside", "late"), (job.Failure!.Operator, job.Failure.Cause.Message));
    }

    [Fact]
    public void Random_numbers_are_those_of_the_seed()
    {
        ulong[] Draw(ulong seed)
        {
            List<ulong> numbers = [];
            using JobHarness job = Run((context, _) => numbers.Add(context.NextRandom()), seed: seed);
            job.IsPinned = true;
            Push(job, 1);
            Push(job, 2);
            return [.. numbers];
        }

        Assert.Equal(Draw(5).Take(2), Draw(5).Take(2));
        Assert.NotEqual(Draw(5).Take(2), Draw(6).Take(2));
    }

    [Fact]
    public void What_a_sink_says_of_its_writes_is_in_the_metrics_of_its_task()
    {
        using JobHarness job = Run((context, number) =>
        {
            context.AddBytes(100 + number);
            context.AddWrite(TimeSpan.FromMilliseconds(number));
        });
        Push(job, 1);
        Push(job, 7);

        Assert.Equal(208, job.Metrics.Single().BytesWritten.Value);
        LatencyCounts latency = job.Metrics.Single().WriteLatency.Read();
        Assert.Equal((2, 1, 10), (latency.Total, latency.Percentile(0.5), latency.Percentile(1)));
    }

    private JobHarness Run(Action<SinkContext, int> onRow, Action? onClose = null, ulong seed = 1) =>
        new(job => job.Source("numbers", _numbers).To("outside", new LambdaSink(onRow, onClose ?? (() => { }))), seed: seed);

    // Without the test's synchronization context, continuations run synchronously here and not on the thread pool.
    private static void Complete(TaskCompletionSource<int> waiting, int value)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        waiting.SetResult(value);
        SynchronizationContext.SetSynchronizationContext(context);
    }

    private void Push(JobHarness job, int number)
    {
        _numbers.Push(number, time: number);
        job.Run();
    }

    private sealed class LambdaSink(Action<SinkContext, int> onRow, Action onClose) : ISink<int>
    {
        public ISinkWriter<int> CreateWriter(SinkContext context) => new Writer(context, onRow, onClose);

        private sealed class Writer(SinkContext context, Action<SinkContext, int> onRow, Action onClose) : ISinkWriter<int>
        {
            public bool IsFull => false;

            public bool IsFlushed => true;

            public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

            public void Write(Batch<int> batch)
            {
                foreach (int number in batch.Rows)
                {
                    onRow(context, number);
                }
            }

            public void Flush()
            {
            }

            public ValueTask DisposeAsync()
            {
                onClose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
