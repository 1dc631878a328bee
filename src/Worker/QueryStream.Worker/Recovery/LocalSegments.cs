using System.Buffers;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Core.Identity;

namespace QueryStream.Worker.Recovery;

/// <summary>
/// Copies of the segments that the tasks of this worker have written last: a task that restarts here reads its state from memory, and only that of
/// other workers comes from the store. Nothing depends on them: a segment is never changed under its name, chunks are checked when they are read, and
/// what is not here is read from the store. Safe on any thread.
/// </summary>
/// <param name="limit">How many bytes are kept, at least 0. Beyond it, those that were used longest ago go first.</param>
internal sealed class LocalSegments(long limit)
{
    // Guards all fields and the bytes of the copies: these come from a pool and go back to it.
    private readonly Lock _lock = new();
    private readonly Dictionary<SegmentName, LinkedListNode<Copy>> _byName = [];

    // The one that was used last is the last.
    private readonly LinkedList<Copy> _byUse = [];

    /// <summary>The memory that the copies take, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>A store that keeps a copy of what it stores.</summary>
    public ISegments Over(ISegments store) => limit == 0 ? store : new Copying(this, store);

    /// <summary>Forgets the segments of a job.</summary>
    public void Forget(JobId job)
    {
        lock (_lock)
        {
            LinkedListNode<Copy>? next;
            for (LinkedListNode<Copy>? node = _byUse.First; node is not null; node = next)
            {
                next = node.Next;
                if (node.Value.Name.Task.Job == job)
                {
                    Remove(node);
                }
            }
        }
    }

    private void Add(SegmentName name, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > limit)
        {
            return;
        }

        // Up to twice as long.
        byte[] copy = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(copy);
        lock (_lock)
        {
            if (_byName.TryGetValue(name, out LinkedListNode<Copy>? before))
            {
                // Written again after a failure.
                Remove(before);
            }

            _byName[name] = _byUse.AddLast(new Copy(name, copy, bytes.Length));
            Bytes += copy.Length;
            while (Bytes > limit)
            {
                Remove(_byUse.First!);
            }
        }
    }

    // Null if it is not here, or shorter.
    private byte[]? Read(SegmentName name, int offset, int count)
    {
        lock (_lock)
        {
            if (!_byName.TryGetValue(name, out LinkedListNode<Copy>? node) || (long)offset + count > node.Value.Length)
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value.Bytes.AsSpan(offset, count).ToArray();
        }
    }

    private void Remove(LinkedListNode<Copy> node)
    {
        _byUse.Remove(node);
        _byName.Remove(node.Value.Name);
        Bytes -= node.Value.Bytes.Length;
        ArrayPool<byte>.Shared.Return(node.Value.Bytes);
    }

    private readonly record struct Copy(SegmentName Name, byte[] Bytes, int Length);

    private sealed class Copying(LocalSegments copies, ISegments store) : ISegments
    {
        public async Task WriteAsync(SegmentName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            await store.WriteAsync(name, bytes, cancellationToken).ConfigureAwait(false);
            copies.Add(name, bytes.Span);
        }

        public async Task<byte[]?> ReadAsync(SegmentName name, int offset, int count, CancellationToken cancellationToken) =>
            copies.Read(name, offset, count) ?? await store.ReadAsync(name, offset, count, cancellationToken).ConfigureAwait(false);
    }
}
