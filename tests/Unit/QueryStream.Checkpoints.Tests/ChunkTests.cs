using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core;
using QueryStream.Core.Errors;
using QueryStream.Testing.Checkpoints;
using QueryStream.Testing.Files;

namespace QueryStream.Checkpoints.Tests;

/// <summary>Chunks are read as written, or refused. Chunks that are stored already are not written again.</summary>
public sealed class ChunkTests
{
    private readonly SimulatedFiles _files = new(1);
    private readonly SeededRandom _random = new(1);

    [Fact]
    public async Task Chunks_of_any_size_and_content_are_read_as_they_were_written()
    {
        DirectoryStorage storage = New();
        ISegments segments = storage.SegmentsOf(TestManifests.Job);
        ChunkSink sink = new(segments, TestManifests.Segment(1, 1), ReusableChunks.None);
        List<(byte[] Bytes, ChunkHandle Handle)> written = [];
        int target = ChunkSink.DefaultTargetBytes;
        foreach (int size in new[] { 0, 1, 100, 256 * 1024, target - 1, target, (2 * target) + 7, 5 })
        {
            foreach (byte[] bytes in new[] { Noise(size), new byte[size] })
            {
                written.Add((bytes, await sink.WriteAsync(bytes, default)));
            }
        }

        await sink.CompleteAsync(default);
        ChunkReader reader = new(segments);
        foreach ((byte[] bytes, ChunkHandle handle) in written)
        {
            Assert.Equal(bytes, await reader.ReadAsync(handle, default));
        }

        Assert.Equal(ChunkEncoding.Plain, written[4].Handle.Encoding);
        Assert.True(written[7].Handle is { Encoding: ChunkEncoding.Lz4, StoredLength: < 2048 });
    }

    [Fact]
    public async Task A_chunk_that_is_stored_already_is_referred_to_and_not_written_again()
    {
        ISegments segments = New().SegmentsOf(TestManifests.Job);
        byte[][] chunks = [Noise(1000), Noise(2000), Noise(3000)];
        ChunkSink first = new(segments, TestManifests.Segment(1, 1), ReusableChunks.None);
        List<ChunkHandle> stored = [];
        foreach (byte[] chunk in chunks)
        {
            stored.Add(await first.WriteAsync(chunk, default));
        }

        await first.CompleteAsync(default);
        chunks[1][0] ^= 1;
        ChunkSink second = new(segments, TestManifests.Segment(1, 2), new ReusableChunks(stored));
        List<ChunkHandle> again = [];
        foreach (byte[] chunk in chunks)
        {
            again.Add(await second.WriteAsync(chunk, default));
        }

        await second.CompleteAsync(default);
        Assert.Equal([stored[0], stored[2]], [again[0], again[2]]);
        Assert.Equal(TestManifests.Segment(1, 2), again[1].Segment);
        Assert.Equal((4000L, 2000L), (second.ReusedBytes, second.WrittenBytes));
        Assert.Equal(chunks[1], await new ChunkReader(segments).ReadAsync(again[1], default));
    }

    [Fact]
    public void A_segment_that_is_mostly_garbage_offers_nothing()
    {
        ChunkHandle last = new(TestManifests.Segment(1, 1), 900, 100, ChunkEncoding.Plain, 100, 7);
        Assert.Null(new ReusableChunks([last]).Find(7, 100));
        ChunkHandle other = last with { Offset = 0, StoredLength = 500, Length = 500, Checksum = 8 };
        Assert.Equal(last, new ReusableChunks([last, other]).Find(7, 100));
        Assert.Null(new ReusableChunks([last, other]).Find(7, 101));
    }

    [Fact]
    public async Task A_damaged_or_missing_chunk_is_refused_by_name()
    {
        ISegments segments = New().SegmentsOf(TestManifests.Job);
        ChunkSink sink = new(segments, TestManifests.Segment(1, 1), ReusableChunks.None);
        ChunkHandle handle = await sink.WriteAsync(new byte[1000], default);
        await sink.CompleteAsync(default);
        byte[] stored = _files.Content(Assert.Single(_files.Files))!;
        ChunkReader reader = new(segments);
        for (int i = 0; i < stored.Length; i++)
        {
            stored[i] ^= 0x55;
            await RefusedAsync(reader, handle, "damaged");
            stored[i] ^= 0x55;
        }

        await RefusedAsync(reader, handle with { StoredLength = handle.StoredLength + 1 }, "cut off");
        await RefusedAsync(reader, handle with { Segment = TestManifests.Segment(1, 2) }, "missing");
    }

    [Theory]
    [InlineData("3-17-2-00000000000000000000000000000017-5-0", true)]
    [InlineData("3-17-2-00000000000000000000000000000017-5-0-1", false)]
    [InlineData("3-17-2-00000000000000000000000000000017-5", false)]
    [InlineData("3-17--2-17-5-0", false)]
    [InlineData("_metadata", false)]
    [InlineData("", false)]
    public void The_name_of_a_segment_is_read_as_it_is_written(string text, bool isName)
    {
        Assert.Equal(isName, SegmentName.TryParse(text, TestManifests.Job, out SegmentName name));
        if (isName)
        {
            Assert.Equal(text, name.ToString());
        }
    }

    private static async Task RefusedAsync(ChunkReader reader, ChunkHandle handle, string how)
    {
        DamagedCheckpointException refusal = await Assert.ThrowsAsync<DamagedCheckpointException>(() => reader.ReadAsync(handle, default));
        Assert.Contains(how, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(handle.Segment.ToString(), refusal.Message, StringComparison.Ordinal);
    }

    private DirectoryStorage New() => new("/checkpoints", _files);

    private byte[] Noise(int size)
    {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++)
        {
            bytes[i] = (byte)_random.Next(256);
        }

        return bytes;
    }
}
