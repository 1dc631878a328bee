using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// Encodes the items of a task's states into chunks and gives these to a sink. Its memory is bounded whatever the state: a chunk goes out at its
/// target size, and the largest one early where all open chunks together are over the limit; only a single item may be larger. Used by one
/// writing at a time.
/// </summary>
/// <param name="sink">Where chunks go.</param>
/// <param name="keyGroups">The job's number of key groups.</param>
internal sealed class ChunkWriter(ChunkSink sink, int keyGroups)
{
    private const int DefaultTargetBytes = 256 * 1024;
    private const int DefaultLimitBytes = 8 * 1024 * 1024;

    private readonly OpenChunk?[] _open = new OpenChunk?[keyGroups];

    /// <summary>The size from which a chunk goes out, in bytes.</summary>
    public int TargetBytes { get; init; } = DefaultTargetBytes;

    /// <summary>How many bytes all open chunks may have together.</summary>
    public int LimitBytes { get; init; } = DefaultLimitBytes;

    /// <summary>The bytes of all open chunks together.</summary>
    public long OpenBytes { get; private set; }

    /// <summary>Writes the items of a keyed state.</summary>
    public async Task<IReadOnlyList<StateChunk>> WriteKeyedAsync<T>(IEnumerable<(ulong Hash, T Item)> items, CancellationToken cancellationToken)
    {
        List<StateChunk> chunks = [];
        foreach ((ulong hash, T item) in items)
        {
            int group = KeyGroup.Of(hash, keyGroups).Number;
            OpenChunk open = _open[group] ??= new OpenChunk();
            int before = open.Writer.Length;
            Codec<T>.Instance.Write(open.Writer, item);
            open.Count++;
            OpenBytes += open.Writer.Length - before;
            if (open.Writer.Length >= TargetBytes)
            {
                chunks.Add(await FlushAsync(open, group, cancellationToken).ConfigureAwait(false));
            }
            else if (OpenBytes > LimitBytes)
            {
                int largest = Largest();
                chunks.Add(await FlushAsync(_open[largest]!, largest, cancellationToken).ConfigureAwait(false));
            }
        }

        for (int group = 0; group < keyGroups; group++)
        {
            if (_open[group] is { Count: > 0 } open)
            {
                chunks.Add(await FlushAsync(open, group, cancellationToken).ConfigureAwait(false));
            }
        }

        return chunks;
    }

    /// <summary>Writes the items of a list state or a broadcast state.</summary>
    public async Task<IReadOnlyList<StateChunk>> WriteListAsync<T>(IEnumerable<T> items, CancellationToken cancellationToken)
    {
        List<StateChunk> chunks = [];
        OpenChunk open = new();
        foreach (T item in items)
        {
            int before = open.Writer.Length;
            Codec<T>.Instance.Write(open.Writer, item);
            open.Count++;
            OpenBytes += open.Writer.Length - before;
            if (open.Writer.Length >= TargetBytes)
            {
                chunks.Add(await FlushAsync(open, -1, cancellationToken).ConfigureAwait(false));
            }
        }

        if (open.Count > 0)
        {
            chunks.Add(await FlushAsync(open, -1, cancellationToken).ConfigureAwait(false));
        }

        return chunks;
    }

    private async ValueTask<StateChunk> FlushAsync(OpenChunk open, int group, CancellationToken cancellationToken)
    {
        ChunkHandle handle = await sink.WriteAsync(open.Writer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        StateChunk chunk = new(group, open.Count, handle);
        OpenBytes -= open.Writer.Length;
        open.Reset(TargetBytes);
        return chunk;
    }

    private int Largest()
    {
        int largest = -1;
        for (int group = 0; group < keyGroups; group++)
        {
            if (_open[group] is { } open && (largest < 0 || open.Writer.Length > _open[largest]!.Writer.Length))
            {
                largest = group;
            }
        }

        return largest;
    }

    private sealed class OpenChunk
    {
        public CodecWriter Writer { get; private set; } = new();

        public int Count { get; set; }

        // A buffer that one large item has made large is not kept.
        public void Reset(int targetBytes)
        {
            Count = 0;
            if (Writer.Length > 2 * targetBytes)
            {
                Writer = new CodecWriter();
            }
            else
            {
                Writer.Clear();
            }
        }
    }
}
