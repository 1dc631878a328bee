using System.Buffers.Text;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>A topic in memory.</summary>
internal sealed class Topic(string name, int partitions, long maxBytes)
{
    // Called when a reader has made room: the producers that have found the topic full.
    private readonly Lock _lock = new();
    private readonly List<Action> _waiting = [];

    private bool _isDeleted;

    // Read without the lock after each poll.
    private volatile bool _hasWaiting;

    public string Name { get; } = name;

    /// <summary>Tells it from another of the same name.</summary>
    public string Id { get; } = Base64Url.EncodeToString(Guid.NewGuid().ToByteArray());

    /// <summary>Whether it was deleted; set once.</summary>
    public bool IsDeleted
    {
        get => Volatile.Read(ref _isDeleted);
        set => Volatile.Write(ref _isDeleted, value);
    }

    // Replaced as a whole when partitions are added.
    private volatile PartitionLog[] _partitions = NewPartitions(0, partitions, maxBytes);

    public PartitionLog[] Partitions => _partitions;

    public bool IsFull => !IsDeleted && Array.Exists(Partitions, partition => partition.IsFull);

    /// <summary>Gives it more partitions.</summary>
    /// <exception cref="ServiceRefusedException">It has as many already.</exception>
    public void AddPartitions(int total)
    {
        lock (_lock)
        {
            if (total <= _partitions.Length)
            {
                throw new ServiceRefusedException("Kafka", $"Topic '{Name}' has {_partitions.Length} partitions already; {total} are not more.");
            }

            _partitions = [.. _partitions, .. NewPartitions(_partitions.Length, total, maxBytes)];
        }
    }

    /// <summary>Calls once when the topic is not full any more.</summary>
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

    /// <summary>A reader has moved on.</summary>
    public void OnRead()
    {
        // The new position must be visible before the list is read; WhenRoom's callers check again after they are in it.
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
