using QueryStream.Checkpoints.Chunks;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Snapshots;

/// <summary>Tasks continue while their state is written, even if writing fails.</summary>
public sealed class SnapshotWritingTests
{
    private readonly HarnessSource<int> _source = new();
    private readonly HarnessSink<string> _sink = new();
    private readonly Store _store = new();

    [Fact]
    public void Rows_go_on_while_a_snapshot_is_written_and_are_not_in_it()
    {
        using JobHarness job = new(Define, services: _store.With) { IsPinned = true };
        Push(job, 1, 2);
        _store.IsSlow = true;
        int waits = 0;
        HarnessSnapshot snapshot = job.Snapshot(() =>
        {
            // Nothing is written yet; the window is still in the capture when it has given its result.
            if (waits++ == 0)
            {
                Push(job, 3, 100);
                Assert.Equal(["0: 3"], _sink.Take());
            }

            job.Advance(Store.Delay);
        });
        Assert.True(waits > 0);

        _store.IsSlow = false;
        using JobHarness restored = JobHarness.Restore(Define, snapshot, parallelism: 2);
        restored.Run();

        // Two rows are in the snapshot, and the third comes again from the source. If it were in the snapshot as well, there would be four.
        Assert.Equal(["0: 3"], _sink.Take());
    }

    [Fact]
    public void A_snapshot_that_cannot_be_written_fails_and_the_job_goes_on()
    {
        using JobHarness job = new(Define, services: _store.With) { IsPinned = true };
        Push(job, 1, 2);
        _store.Fails = true;
        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(() => job.Snapshot());
        Assert.Contains("disk is full", failure.Message, StringComparison.Ordinal);
        _store.Fails = false;
        Push(job, 3);
        Assert.Null(job.Failure);
        Assert.NotNull(job.Snapshot());
        Push(job, 100);
        Assert.Equal(["0: 3"], _sink.Take());
    }

    [Fact]
    public void A_task_finishes_when_its_last_state_is_written()
    {
        using JobHarness job = new(Define, services: _store.With) { IsPinned = true };
        Push(job, 1);
        _store.IsSlow = true;
        _source.EndAll();
        job.Run();
        Assert.False(job.IsFinished);
        for (int i = 0; i < 100 && !job.IsFinished; i++)
        {
            job.Advance(Store.Delay);
        }

        Assert.True(job.IsFinished);
        Assert.NotNull(job.Snapshot());
    }

    [Fact]
    public void A_task_that_ends_while_the_store_is_away_waits_for_it_with_its_last_state()
    {
        HarnessSnapshot snapshot;
        using (JobHarness job = new(Define, services: _store.With) { IsPinned = true })
        {
            Push(job, 1);
            _store.Fails = true;
            _source.EndAll();
            job.Advance(TimeSpan.FromMinutes(1));
            Assert.False(job.IsFinished);
            Assert.Null(job.Failure);

            _store.Fails = false;
            job.Advance(TimeSpan.FromMinutes(1));
            Assert.True(job.IsFinished);
            Assert.Equal(["0: 1"], _sink.Take());
            snapshot = job.Snapshot();
        }

        using JobHarness restored = JobHarness.Restore(Define, snapshot);
        restored.Run();
        Assert.True(restored.IsFinished);
        Assert.Empty(_sink.Take());
    }

    [Fact]
    public void A_task_that_is_cancelled_gives_up_writing()
    {
        using JobHarness job = new(Define, services: _store.With) { IsPinned = true };
        Push(job, 1);
        _store.IsSlow = true;
        Assert.Throws<InvalidOperationException>(() => job.Snapshot());
        job.Cancel();
        Assert.True(job.HasStopped);
    }

    private void Push(JobHarness job, params ReadOnlySpan<int> times)
    {
        foreach (int time in times)
        {
            _source.Push(time, time);
        }

        job.Run();
    }

    private void Define(StreamBuilder builder) => builder.Source("rows", _source).Watermarks(new WatermarkStrategy<int>()).KeyBy(_ => 0)
        .Window(Tumbling.Of(TimeSpan.FromMilliseconds(50))).OnePhase().Named("counts").Aggregate(all => all.Count())
        .Map(result => $"{result.Key}: {result.Value}").To("results", _sink);

    /// <summary>A store that can be slow or full.</summary>
    private sealed class Store : ISegments, IServiceProvider
    {
        public static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

        private readonly MemorySegments _segments = new();
        private TimeProvider? _time;

        public bool IsSlow { get; set; }

        public bool Fails { get; set; }

        public async Task WriteAsync(SegmentName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            if (Fails)
            {
                throw new CheckpointStorageException("The disk is full.");
            }

            if (IsSlow)
            {
                TaskCompletionSource waiting = new();
                using CancellationTokenRegistration registration = cancellationToken.Register(() => waiting.TrySetCanceled(cancellationToken));
                await using ITimer timer = _time!.CreateTimer(_ => waiting.TrySetResult(), null, Delay, Timeout.InfiniteTimeSpan);
                await waiting.Task;
            }

            await _segments.WriteAsync(name, bytes, cancellationToken);
        }

        public Task<byte[]?> ReadAsync(SegmentName name, int offset, int count, CancellationToken cancellationToken) =>
            _segments.ReadAsync(name, offset, count, cancellationToken);

        public IServiceProvider With(TimeProvider time)
        {
            _time = time;
            return this;
        }

        public object? GetService(Type serviceType) => serviceType == typeof(ISegments) ? this : null;
    }
}
