using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>A topic in memory.</summary>
internal sealed class Topic(string name, int partitions, long maxBytes)
{
    // Producers that have found the topic full; told when a reader has made room. Few, so a lock and a list.
    private readonly Lock _lock = new();
    private readonly List<Action> _waiting = [];

    // Read without the lock after each poll.
    private volatile bool _hasWaiting;

    public string Name { get; } = name;

    // Replaced as a whole where partitions are added, so that whoever reads it has all of one state.
    private volatile PartitionLog[] _partitions = [.. Enumerable.Range(0, partitions).Select(i => new PartitionLog(i, Math.Max(1, maxBytes / partitions)))];

    public PartitionLog[] Partitions => _partitions;

    public bool IsFull => Array.Exists(Partitions, partition => partition.IsFull);

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

            long bytes = Math.Max(1, maxBytes / total);
            _partitions = [.. _partitions, .. Enumerable.Range(_partitions.Length, total - _partitions.Length).Select(i => new PartitionLog(i, bytes))];
        }
    }

    /// <summary>Calls once when the topic is not full any more.</summary>
    public void WhenRoom(Action tell)
    {
        lock (_lock)
        {
            if (!_waiting.Contains(tell))
            {
                _waiting.Add(tell);
            }

            _hasWaiting = true;
        }
    }

    /// <summary>A reader has moved on.</summary>
    public void OnRead()
    {
        // The reader's new position must be seen before its question, as a producer's wish is before its own second look.
        Interlocked.MemoryBarrier();
        if (!_hasWaiting || IsFull)
        {
            return;
        }

        Action[] told;
        lock (_lock)
        {
            told = [.. _waiting];
            _waiting.Clear();
            _hasWaiting = false;
        }

        Array.ForEach(told, tell => tell());
    }
}
