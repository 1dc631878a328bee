using System.Buffers.Text;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>A topic in memory.</summary>
internal sealed class Topic(string name, int partitions, long maxBytes, Guid id)
{
    // Callbacks of producers that found the topic full.
    private readonly Lock _lock = new();
    private readonly List<Action> _waiting = [];

    private bool _isDeleted;

    // Read without the lock after each poll.
    private volatile bool _hasWaiting;

    public string Name { get; } = name;

    /// <summary>Distinguishes the topic from a later one of the same name.</summary>
    public string Id { get; } = Base64Url.EncodeToString(id.ToByteArray());

    /// <summary>Whether the topic was deleted. Set once.</summary>
    public bool IsDeleted
    {
        get => Volatile.Read(ref _isDeleted);
        set => Volatile.Write(ref _isDeleted, value);
    }

    // Replaced as a whole when partitions are added.
    private volatile PartitionLog[] _partitions = NewPartitions(0, partitions, maxBytes);

    public PartitionLog[] Partitions => _partitions;

    public bool IsFull => !IsDeleted && Array.Exists(Partitions, partition => partition.IsFull);

    /// <summary>Adds partitions.</summary>
    /// <exception cref="ServiceRefusedException">The topic already has that many.</exception>
    public void AddPartitions(int total)
    {
        lock (_lock)
        {
            if (total <= _partitions.Length)
            {
                throw new ServiceRefusedException(
                    "Kafka", $"Topic '{Name}' has {_partitions.Length} partitions already; ask for more than that, not {total}.");
            }

            _partitions = [.. _partitions, .. NewPartitions(_partitions.Length, total, maxBytes)];
        }
    }

    /// <summary>Registers a callback that is called once, when the topic is no longer full.</summary>
    public void WhenRoom(Action call)
    {
        lock (_lock)
        {
            if (!_waiting.Contains(call))
            {
                _waiting.Add(call);
            }

            _hasWaiting = true;
        }
    }

    /// <summary>Called when a reader has advanced.</summary>
    public void OnRead()
    {
        // The new position must be visible before the list is read; callers of WhenRoom check again after they have registered.
        Interlocked.MemoryBarrier();
        if (!_hasWaiting || IsFull)
        {
            return;
        }

        Action[] waiting;
        lock (_lock)
        {
            waiting = [.. _waiting];
            _waiting.Clear();
            _hasWaiting = false;
        }

        Array.ForEach(waiting, call => call());
    }

    private static PartitionLog[] NewPartitions(int first, int total, long maxBytes) =>
        [.. Enumerable.Range(first, total - first).Select(i => new PartitionLog(i, Math.Max(1, maxBytes / total)))];
}
