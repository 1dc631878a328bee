using QueryStream.Checkpoints.Chunks;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Worker.Recovery;

namespace QueryStream.Worker.Tests.Recovery;

public sealed class LocalSegmentsTests
{
    private static readonly JobId Job = new(7);

    private readonly CountingStore _store = new();

    [Fact]
    public async Task What_was_written_here_is_read_without_the_store()
    {
        ISegments segments = new LocalSegments(1_000).Over(_store);
        await segments.WriteAsync(Name(1), new byte[] { 1, 2, 3, 4 }, default);

        Assert.Equal([2, 3], await segments.ReadAsync(Name(1), 1, 2, default));

        Assert.Equal(0, _store.Reads);
        Assert.Equal([1, 2, 3, 4], _store.Stored[Name(1)]);
    }

    [Fact]
    public async Task What_was_written_elsewhere_is_read_from_the_store()
    {
        _store.Stored[Name(1)] = [1, 2, 3];
        ISegments segments = new LocalSegments(1_000).Over(_store);

        Assert.Equal([2, 3], await segments.ReadAsync(Name(1), 1, 2, default));
        Assert.Null(await segments.ReadAsync(Name(2), 0, 1, default));
    }

    [Fact]
    public async Task What_the_store_has_refused_is_not_kept()
    {
        LocalSegments local = new(1_000);
        _store.Refuses = true;

        await Assert.ThrowsAsync<CheckpointStorageException>(() => local.Over(_store).WriteAsync(Name(1), new byte[] { 1 }, default));

        Assert.Equal(0, local.Bytes);
    }

    [Fact]
    public async Task A_segment_that_is_larger_than_the_limit_is_only_stored()
    {
        LocalSegments local = new(100);
        await local.Over(_store).WriteAsync(Name(1), new byte[101], default);

        Assert.Equal(0, local.Bytes);
        Assert.Equal(101, (await local.Over(_store).ReadAsync(Name(1), 0, 101, default))!.Length);
    }

    [Fact]
    public void Without_a_limit_nothing_is_between_tasks_and_store() => Assert.Same(_store, new LocalSegments(0).Over(_store));

    [Fact]
    public async Task Only_the_segments_of_the_job_that_has_ended_are_forgotten()
    {
        LocalSegments local = new(1_000);
        ISegments segments = local.Over(_store);
        await segments.WriteAsync(Name(1), new byte[] { 1 }, default);
        await segments.WriteAsync(Name(1, new JobId(8)), new byte[] { 2 }, default);

        local.Forget(Job);

        Assert.Equal([1], await segments.ReadAsync(Name(1), 0, 1, default));
        Assert.Equal([2], await segments.ReadAsync(Name(1, new JobId(8)), 0, 1, default));
        Assert.Equal(1, _store.Reads);
    }

    // Compared with a list of names in the order of their use.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_segments_that_were_used_last_are_kept_within_the_limit(int seed)
    {
        const int Limit = 16 * 20;
        Random random = new(seed);
        LocalSegments local = new(Limit);
        ISegments segments = local.Over(_store);
        List<SegmentName> byUse = [];
        for (int step = 0; step < 2_000; step++)
        {
            SegmentName name = Name(random.Next(60));
            if (_store.Stored.TryGetValue(name, out byte[]? stored))
            {
                int reads = _store.Reads;
                Assert.Equal(stored, await segments.ReadAsync(name, 0, stored.Length, default));
                Assert.Equal(byUse.Contains(name), reads == _store.Reads);
                if (byUse.Remove(name))
                {
                    byUse.Add(name);
                }
            }
            else
            {
                // The pool's smallest array.
                byte[] bytes = new byte[16];
                random.NextBytes(bytes);
                await segments.WriteAsync(name, bytes, default);
                byUse.Add(name);
            }

            byUse.RemoveRange(0, Math.Max(0, byUse.Count - (Limit / 16)));
            Assert.Equal(byUse.Count * 16, local.Bytes);
        }
    }

    private static SegmentName Name(int number, JobId? job = null) =>
        new(new Epoch(1), new CheckpointId(1), default, new TaskId(job ?? Job, new VertexId(1), 0), number);

    private sealed class CountingStore : ISegments
    {
        public Dictionary<SegmentName, byte[]> Stored { get; } = [];

        public int Reads { get; private set; }

        public bool Refuses { get; set; }

        public Task WriteAsync(SegmentName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            if (Refuses)
            {
                throw new CheckpointStorageException("The disk is full.");
            }

            Stored[name] = bytes.ToArray();
            return Task.CompletedTask;
        }

        public Task<byte[]?> ReadAsync(SegmentName name, int offset, int count, CancellationToken cancellationToken)
        {
            Reads++;
            return Task.FromResult(Stored.TryGetValue(name, out byte[]? bytes) ? bytes[offset..(offset + count)] : null);
        }
    }
}
