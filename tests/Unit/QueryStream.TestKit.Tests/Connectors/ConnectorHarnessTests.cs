using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit.Connectors;

namespace QueryStream.TestKit.Tests.Connectors;

public sealed class ConnectorHarnessTests
{
    // The harness must wait for work that ignores its token, so the tests complete it themselves.
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _work = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _calls = [];

    [Fact]
    public async Task A_writer_is_disposed_only_after_its_work_has_ended()
    {
        SinkHarness<int> sink = new(rows => rows.To("slow", new SlowSink(this)), SinkHarnessTask.New(), new ManualTime());
        await sink.OpenAsync();
        sink.Write(1);

        await AssertWaitsAsync(sink);
    }

    [Fact]
    public async Task A_reader_is_disposed_only_after_its_work_has_ended()
    {
        SourceHarness<int> source = new(job => job.Source("slow", new SlowSource(this)), 0, 1, new ManualTime());
        await source.OpenAsync();
        source.Poll();

        await AssertWaitsAsync(source);
    }

    private async Task AssertWaitsAsync(IAsyncDisposable harness)
    {
        await Wait.ForAsync("the work to start", _started.Task);
        Task disposal = harness.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        Assert.Empty(_calls);

        _work.SetResult();
        await Wait.ForAsync("the disposal", disposal);
        Assert.Equal(["work", "disposal"], _calls);
    }

    private void Start(ConnectorContext context) => context.Start(
        async _ =>
        {
            _started.SetResult();
            await _work.Task.ConfigureAwait(false);
            _calls.Add("work");
        },
        _ => _calls.Add("callback"));

    private sealed class SlowSink(ConnectorHarnessTests test) : ISink<int>
    {
        public ISinkWriter<int> CreateWriter(SinkContext context) => new Writer(test, context);

        private sealed class Writer(ConnectorHarnessTests test, SinkContext context) : ISinkWriter<int>
        {
            public bool IsFull => false;

            public bool IsFlushed => false;

            public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

            public void Write(Batch<int> batch) => test.Start(context);

            public void Flush()
            {
            }

            public ValueTask DisposeAsync()
            {
                test._calls.Add("disposal");
                return default;
            }
        }
    }

    private sealed class SlowSource(ConnectorHarnessTests test) : ISource<int>
    {
        public bool IsBounded => false;

        public ISourceReader<int> CreateReader(SourceContext context) => new Reader(test, context);

        private sealed class Reader(ConnectorHarnessTests test, SourceContext context) : ISourceReader<int>
        {
            public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(["split"]);

            public SourcePoll Poll(SourceBatch<int> batch)
            {
                test.Start(context);
                return SourcePoll.Wait;
            }

            public ValueTask DisposeAsync()
            {
                test._calls.Add("disposal");
                return default;
            }
        }
    }
}
