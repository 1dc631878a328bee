using System.Collections.Concurrent;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;

namespace QueryStream.TestKit.Jobs;

/// <summary>The state of a job in a <see cref="JobHarness"/>, with its bytes. Immutable; any harness can restore it.</summary>
/// <param name="State">The state.</param>
/// <param name="Segments">Where its chunks are.</param>
public sealed record HarnessSnapshot(JobSnapshot State, ISegments Segments);

/// <summary>Keeps segments in memory. Safe on any thread.</summary>
public sealed class MemorySegments : ISegments
{
    private readonly ConcurrentDictionary<SegmentName, byte[]> _segments = [];

    /// <summary>The names of the segments.</summary>
    public IReadOnlyCollection<SegmentName> Names => [.. _segments.Keys];

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The segment was written before.</exception>
    public Task WriteAsync(SegmentName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _segments.TryAdd(name, bytes.ToArray()) ? Task.CompletedTask : throw new InvalidOperationException($"Segment {name} is written twice.");

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(SegmentName name, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(
        _segments.TryGetValue(name, out byte[]? bytes) && offset + count <= bytes.Length ? bytes.AsSpan(offset, count).ToArray() : null);
}
