using System.Buffers;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Codecs;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// Encodes the items of a task's states into chunks, and passes these to a sink. Its memory is bounded for any state: a chunk is complete at its
/// target size, and the largest one earlier if all open chunks together exceed the limit; only a single item may be larger. Used by one writing at
/// a time.
/// </summary>
/// <param name="sink">Stores the chunks.</param>
/// <param name="keyGroups">The job's number of key groups.</param>
internal sealed class ChunkWriter(ChunkSink sink, int keyGroups)
{
    /// <summary>No chunk has to go out.</summary>
    public const int None = -1;

    private const int DefaultTargetBytes = 256 * 1024;
    private const int DefaultLimitBytes = 8 * 1024 * 1024;

    // By key group; the last one has the items without a key group.
    private readonly OpenChunk?[] _open = new OpenChunk?[keyGroups + 1];

    /// <summary>The size from which a chunk goes out, in bytes.</summary>
    public int TargetBytes { get; init; } = DefaultTargetBytes;

    /// <summary>How many bytes all open chunks may have together.</summary>
    public int LimitBytes { get; init; } = DefaultLimitBytes;

    /// <summary>The bytes of all open chunks together.</summary>
    public long OpenBytes { get; private set; }

    /// <summary>The job's number of key groups.</summary>
    public int KeyGroups => keyGroups;

    /// <summary>Writes the items of a state.</summary>
    public async Task<IReadOnlyList<StateChunk>> WriteAsync(ItemEncoder items, CancellationToken cancellationToken)
    {
        List<StateChunk> chunks = [];
        using (items)
        {
            for (int full; (full = items.Encode(this)) != None;)
            {
                chunks.Add(await FlushAsync(full, cancellationToken).ConfigureAwait(false));
            }
        }

        for (int group = 0; group < _open.Length; group++)
        {
            if (_open[group] is { Count: > 0 })
            {
                chunks.Add(await FlushAsync(group, cancellationToken).ConfigureAwait(false));
            }
        }

        return chunks;
    }

    /// <summary>Where the next item of a key group is encoded; <see cref="KeyGroups"/>: an item that belongs to none.</summary>
    public CodecWriter Open(int group) => (_open[group] ??= new OpenChunk()).Writer;

    /// <summary>Counts an item that was encoded.</summary>
    /// <param name="group">As it was given to <see cref="Open"/>.</param>
    /// <returns>The chunk that must go out before the next item; <see cref="None"/> if none must.</returns>
    public int Added(int group)
    {
        OpenChunk open = _open[group]!;
        OpenBytes += open.Add();
        return open.Bytes >= TargetBytes ? group : OpenBytes > LimitBytes ? Largest() : None;
    }

    /// <summary>Gives the buffers back. After a failure this must not be called, since a storage may still read from them.</summary>
    public void Release()
    {
        foreach (OpenChunk? open in _open)
        {
            open?.Writer.Release();
        }
    }

    private async ValueTask<StateChunk> FlushAsync(int group, CancellationToken cancellationToken)
    {
        OpenChunk open = _open[group]!;
        ChunkHandle handle = await sink.WriteAsync(open.Writer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        StateChunk chunk = new(group == keyGroups ? -1 : group, open.Count, handle);
        OpenBytes -= open.Bytes;
        open.Clear();
        return chunk;
    }

    private int Largest()
    {
        int largest = None;
        for (int group = 0; group < _open.Length; group++)
        {
            if (_open[group] is { } open && (largest == None || open.Bytes > _open[largest]!.Bytes))
            {
                largest = group;
            }
        }

        return largest;
    }

    private sealed class OpenChunk
    {
        // Pooled: the buffers are too large to be left to the garbage collector at each checkpoint.
        public CodecWriter Writer { get; } = new(ArrayPool<byte>.Shared);

        public int Count { get; private set; }

        public int Bytes { get; private set; }

        public int Add()
        {
            int added = Writer.Length - Bytes;
            Bytes += added;
            Count++;
            return added;
        }

        public void Clear()
        {
            Writer.Clear();
            (Count, Bytes) = (0, 0);
        }
    }
}
